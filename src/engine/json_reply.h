#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace boost::json {
class value;
}

/// How replies of engines are read: what is not there, or of another kind, is empty.
namespace capmin::reply {

/// Throws Error kEngine, which names the command, for what is no JSON.
boost::json::value parse(std::string_view text, std::string_view command);

/// The only element of the array that `inspect` prints; throws Error kEngine for anything else.
boost::json::value first_inspected(std::string_view reply, std::string_view command);

/// The member `key` of `value`, or null where there is none.
const boost::json::value& member(const boost::json::value& value, std::string_view key);

std::string text(const boost::json::value& value);
std::vector<std::string> texts(const boost::json::value& value);
std::int64_t number(const boost::json::value& value);
bool flag(const boost::json::value& value);

/// An image's `id` as docker prints it; podman prints the bare number.
std::string image_id(const std::string& id);

}  // namespace capmin::reply
