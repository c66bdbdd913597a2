#pragma once

#include "engine/choice.h"
#include "engine/replies.h"

#include <string>
#include <vector>

namespace capmin {

/// The options of `capmin run` that ask what an image shows of itself, most telling first: its own
/// HEALTHCHECK, HTTP or TCP on the ports that it exposes. Empty where it shows nothing.
std::vector<std::string> fitting_probes(const ImageFacts& image);

/// Why no search can begin without a probe, and which ones fit the image, where the engine answers
/// and has it; nothing is fetched for that.
Error missing_probe(const std::string& reference, const EngineRequest& request);

/// A shell script that begins to be a probe of the image: what it exposes is asked, what only a
/// person knows stands in comments.
std::string probe_skeleton(const std::string& reference, const ImageFacts& image);

}  // namespace capmin
