#include "engine/json_reply.h"

#include "core/error.h"

#include <boost/json.hpp>

#include <algorithm>
#include <iterator>

namespace capmin::reply {

namespace json = boost::json;

json::value parse(std::string_view text, std::string_view command) {
  boost::system::error_code error;
  json::value value = json::parse(json::string_view(text.data(), text.size()), error);
  if (!error) return value;
  throw Error(
      ExitCode::kEngine,
      "the engine's reply to '" + std::string(command) + "' is not JSON: " + error.message(),
      "see what it says to that command, and whether it is the engine: capmin doctor tells more");
}

const json::value& member(const json::value& value, std::string_view key) {
  static const json::value null;
  const json::object* object = value.if_object();
  if (object == nullptr) return null;
  const json::value* found = object->if_contains(json::string_view(key.data(), key.size()));
  return found == nullptr ? null : *found;
}

std::string text(const json::value& value) {
  const json::string* string = value.if_string();
  return string == nullptr ? std::string() : std::string(string->data(), string->size());
}

std::vector<std::string> texts(const json::value& value) {
  std::vector<std::string> result;
  if (const json::array* array = value.if_array()) {
    std::ranges::transform(*array, std::back_inserter(result), text);
  }
  return result;
}

std::int64_t number(const json::value& value) {
  const std::int64_t* integer = value.if_int64();
  return integer == nullptr ? 0 : *integer;
}

bool flag(const json::value& value) {
  return value.is_bool() && value.get_bool();
}

json::value first_inspected(std::string_view reply, std::string_view command) {
  json::value value = parse(reply, command);
  const json::array* array = value.if_array();
  if (array == nullptr || array->size() != 1 || !array->front().is_object()) {
    throw Error(ExitCode::kEngine, "the engine's reply to '" + std::string(command) +
                                       "' does not describe one object");
  }
  return array->front();
}

std::string image_id(const std::string& id) {
  return id.empty() || id.find(':') != std::string::npos ? id : "sha256:" + id;
}

}  // namespace capmin::reply
