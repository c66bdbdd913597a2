#include "batch/batch_times.h"

#include "profile/document.h"
#include "yaml/yaml_reader.h"

namespace capmin {
namespace {

constexpr YamlLimits kLimits{.bytes = std::size_t{16} << 20U, .values = 500'000};

}  // namespace

std::string to_json(const BatchTimes& times) {
  DocumentMap seconds;
  for (const auto& [name, taken] : times) {
    seconds.set(name, {Seconds{taken}});
  }
  DocumentMap map;
  map.set("apiVersion", {std::string("capmin/v1")});
  map.set("kind", {std::string("BatchTimes")});
  map.set("seconds", {std::move(seconds)});
  return emit_json(map);
}

BatchTimes times_from_json(std::string_view text, std::string_view source) {
  const YamlNode document = parse_strict_yaml(text, source, kLimits);
  const YamlReader read(source);
  read.map(document, {"apiVersion", "kind", "seconds"});
  const YamlNode& kind = read.at(document, "kind");
  if (read.text(read.at(document, "apiVersion")) != "capmin/v1" ||
      read.text(kind) != "BatchTimes") {
    read.fail(kind, "this is no file of a batch's times");
  }
  BatchTimes times;
  for (const YamlEntry& entry : read.entries(read.at(document, "seconds"))) {
    times[entry.key] = read.seconds(entry.value);
  }
  return times;
}

}  // namespace capmin
