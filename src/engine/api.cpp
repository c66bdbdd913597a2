#include "engine/api.h"

#include "core/error.h"
#include "engine/dialect.h"

#include <boost/json.hpp>

#include <algorithm>
#include <charconv>

namespace capmin {
namespace {

namespace json = boost::json;

/// Null for what is no JSON.
json::value parsed(std::string_view text) {
  boost::system::error_code error;
  json::value value = json::parse(json::string_view(text.data(), text.size()), error);
  return error ? json::value() : value;
}

/// The member `key` of an object; null where there is none.
json::value member(const json::value& value, std::string_view key) {
  const json::object* const object = value.if_object();
  if (object == nullptr) return {};
  const json::value* const found = object->if_contains(json::string_view(key.data(), key.size()));
  return found == nullptr ? json::value() : *found;
}

/// Empty for what is no string.
std::string text_of(const json::value& value, std::string_view key) {
  const json::value found = member(value, key);
  const json::string* const string = found.if_string();
  return string == nullptr ? std::string() : std::string(string->data(), string->size());
}

Error no_reply(const std::string& of) {
  return {ExitCode::kEngine, "the engine's reply to '" + of + "' is not what its API says",
          "see whether it is the engine that answers: capmin doctor tells more"};
}

/// A version of the API, such as 1.41.
struct Version {
  int major = 0;
  int minor = 0;
  auto operator<=>(const Version&) const = default;
};

std::optional<Version> parse_version(std::string_view text) {
  Version version;
  const char* const end = text.data() + text.size();
  const auto [dot, error] = std::from_chars(text.data(), end, version.major);
  if (error != std::errc() || dot == end || *dot != '.') return std::nullopt;
  const auto [rest, second_error] = std::from_chars(dot + 1, end, version.minor);
  if (second_error != std::errc() || rest != end) return std::nullopt;
  return version;
}

}  // namespace

std::optional<EngineIdentity> parse_identity_of_engine(std::string_view info_json) {
  const json::value info = parsed(info_json);
  EngineIdentity identity{.id = text_of(info, "ID"),
                          .root = text_of(info, "DockerRootDir"),
                          .machine = text_of(info, "Name"),
                          .version = text_of(info, "ServerVersion")};
  if (identity.id.empty() || identity.root.empty() || identity.version.empty()) return std::nullopt;
  return identity;
}

std::string parse_context(std::string_view info_json) {
  return text_of(member(parsed(info_json), "ClientInfo"), "Context");
}

std::optional<std::string> parse_api_version(std::string_view version_json) {
  constexpr Version kWanted{.major = 1, .minor = 41};
  const json::value reply = parsed(version_json);
  const std::optional<Version> newest = parse_version(text_of(reply, "ApiVersion"));
  const std::optional<Version> oldest = parse_version(text_of(reply, "MinAPIVersion"));
  if (!newest || !oldest || *newest < *oldest) return std::nullopt;
  const Version used = std::clamp(kWanted, *oldest, *newest);
  return std::to_string(used.major) + '.' + std::to_string(used.minor);
}

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_~";
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string encoded;
  for (const char letter : text) {
    if (kPlain.find(letter) != std::string_view::npos) {
      encoded += letter;
      continue;
    }
    const auto byte = static_cast<unsigned char>(letter);
    encoded += {'%', kDigits[byte / 16], kDigits[byte % 16]};
  }
  return encoded;
}

std::string parse_message(std::string_view reply) {
  constexpr std::size_t kLongest = 1000;
  std::string message = text_of(parsed(reply), "message");
  return one_line(message.empty() ? reply.substr(0, kLongest) : message);
}

bool parse_has_terminal(std::string_view inspect_json) {
  const json::value reply = parsed(inspect_json);
  const json::array* const array = reply.if_array();
  if (array == nullptr || array->size() != 1) throw no_reply("container inspect");
  const json::value flag = member(member(array->front(), "Config"), "Tty");
  return flag.is_bool() && flag.get_bool();
}

std::string exec_body(const std::vector<std::string>& program,
                      const ProgramVariables& environment) {
  json::array words;
  for (const std::string& word : program) {
    words.emplace_back(json::string_view(word));
  }
  json::array variables;
  for (const auto& [key, value] : environment) {
    variables.emplace_back(json::string_view(key + '=' + value));
  }
  const json::object body{{"AttachStdout", true},
                          {"AttachStderr", true},
                          {"Cmd", std::move(words)},
                          {"Env", std::move(variables)}};
  return json::serialize(body);
}

std::string parse_exec_id(std::string_view reply) {
  std::string id = text_of(parsed(reply), "Id");
  if (id.empty()) throw no_reply("exec create");
  return id;
}

std::optional<int> parse_exec_status(std::string_view reply) {
  const json::value state = parsed(reply);
  const json::value running = member(state, "Running");
  const json::value status = member(state, "ExitCode");
  if (running.is_bool() && running.get_bool()) return std::nullopt;
  const std::int64_t* const number = status.if_int64();
  if (!running.is_bool() || number == nullptr) throw no_reply("exec inspect");
  return static_cast<int>(*number);
}

void OutputFrames::append(std::string_view bytes) {
  constexpr std::size_t kHeader = 8;
  constexpr std::size_t kLongestWords = 1000;
  while (!bytes.empty() && (fault_.empty() || is_error_)) {
    if (left_ > 0) {
      const std::string_view part = bytes.substr(0, left_);
      if (!is_error_) {
        text_.append(part);
      } else if (fault_.size() < kLongestWords) {
        fault_ += part;
      }
      left_ -= static_cast<std::uint32_t>(part.size());
      bytes.remove_prefix(part.size());
      continue;
    }
    const std::string_view part = bytes.substr(0, kHeader - header_.size());
    header_ += part;
    bytes.remove_prefix(part.size());
    if (header_.size() < kHeader) return;
    enum : char { kLastOutput = 2, kSystemError = 3 };
    if (header_[0] < 0 || header_[0] > kSystemError ||
        header_.substr(1, 3) != std::string(3, '\0')) {
      is_error_ = false;
      fault_ = "what should be a container's output is not in frames";
      return;
    }
    is_error_ = header_[0] > kLastOutput;
    if (is_error_) fault_ = "the engine says in the middle of it: ";
    for (const char letter : header_.substr(4)) {
      left_ = (left_ << 8U) | static_cast<unsigned char>(letter);
    }
    header_.clear();
  }
}

std::string OutputFrames::fault() const {
  if (!fault_.empty()) return fault_;
  return left_ > 0 || !header_.empty() ? "it was broken off" : "";
}

}  // namespace capmin
