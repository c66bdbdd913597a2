#include "export/merge.h"

#include "core/error.h"

namespace capmin {

Exported merge_profile(const Profile& profile, const Target& target, const ExportRequest& request,
                       const MergeFile& file) {
  if (target.format == "compose") return merge_compose(profile, target, request, file);
  if (target.format == "kubernetes") return merge_kubernetes(profile, target, request, file);
  throw Error(ExitCode::kUsage, "nothing can be merged in the format " + std::string(target.format),
              "the formats are compose and kubernetes");
}

void add_place_warnings(const YamlTree& place, ExportContent& content) {
  const YamlTree* const image = place.find("image");
  if (image != nullptr && image->text != content.profile.image.reference) {
    content.warnings.push_back("the set is that of " + content.profile.image.reference +
                               ", but the image here is " + image->text);
  }
}

}  // namespace capmin
