// The engine version that an image carries in its tag.
#pragma once

#include <string>
#include <string_view>

namespace sdbtwin::singlestore {

// "…/singlestore-node:alma-8.9.3-bfa36a984a" -> "8.9.3": the first part of the tag that is made of
// two or more numbers with dots. The whole tag when there is none; empty when there is no tag.
std::string engine_version(std::string_view image);

}  // namespace sdbtwin::singlestore
