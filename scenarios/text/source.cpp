#include "scenarios/text/source.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>

namespace sdbtwin::scenarios {
namespace {

// An API server refuses request bodies over 3 MiB (reference/kubernetes.md); a suite's largest file
// is a few kilobytes. [us]
constexpr std::size_t kFileBytesMax = std::size_t{4} << 20;

// Length of the valid UTF-8 sequence at `at`, 0 when it is none or a control character.
std::size_t printable_length(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(at);
  if (first < 0x80) return first >= 0x20 && first != 0x7f ? 1 : 0;
  const std::size_t length = first >= 0xf0 && first < 0xf5 ? 4
                             : first >= 0xe0               ? 3
                             : first >= 0xc3               ? 2  // 0xc2 starts the C1 controls
                                                           : 0;
  if (first >= 0xf5 || length == 0 || at + length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(at + i) & 0xc0) != 0x80) return 0;
  }
  return length;
}

std::string_view line_of(std::string_view text, int line) {
  std::size_t start = 0;
  for (int current = 1; current < line; ++current) {
    const std::size_t end = text.find('\n', start);
    if (end == std::string_view::npos) return {};
    start = end + 1;
  }
  std::string_view rest = text.substr(start);
  rest = rest.substr(0, rest.find('\n'));
  if (!rest.empty() && rest.back() == '\r') rest.remove_suffix(1);
  return rest;
}

// The first byte that no YAML text may hold: NUL and the other controls except tab and line ends.
std::optional<std::size_t> first_binary_byte(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') return i;
    if (byte == 0x7f || byte >= 0xf8) return i;
  }
  return std::nullopt;
}

Position position_of(std::string_view text, std::size_t offset) {
  Position at{1, 1};
  for (std::size_t i = 0; i < offset; ++i) {
    if (text[i] == '\n') {
      ++at.line;
      at.column = 1;
    } else {
      ++at.column;
    }
  }
  return at;
}

}  // namespace

std::string printable(std::string_view text, std::size_t length_max) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    if (out.size() >= length_max) return out + "...";
    const std::size_t length = printable_length(text, i);
    if (length > 0) {
      out.append(text.substr(i, length));
      i += length;
    } else {
      if (text[i] == '\t') {
        out += ' ';
      } else {
        out += fmt::format("\\x{:02x}", static_cast<unsigned char>(text[i]));
      }
      ++i;
    }
  }
  return out;
}

std::string to_text(const Problem& problem) {
  std::string out = printable(problem.file, 4096);
  if (problem.at.line > 0) out += fmt::format(":{}:{}", problem.at.line, problem.at.column);
  out += ": error: " + problem.message + "\n";
  if (!problem.source_line.empty()) {
    out += fmt::format("{:>6} | {}\n", problem.at.line, problem.source_line);
    if (problem.at.column > 0 && problem.at.column <= 160) {
      out += fmt::format("       | {:>{}}\n", "^", problem.at.column);
    }
  }
  if (!problem.hint.empty()) out += "       = " + problem.hint + "\n";
  return out;
}

void Problems::add(const SourcePtr& source, Position at, std::string message, std::string hint) {
  std::string line;
  if (at.line > 0) line = printable(line_of(source->text, at.line));
  problems_.push_back({source->path, at, std::move(message), std::move(hint), std::move(line)});
}

void Problems::add(const Location& location, std::string message, std::string hint) {
  add(location.source, location.at, std::move(message), std::move(hint));
}

void Problems::add_file(std::string path, std::string message, std::string hint) {
  problems_.push_back({std::move(path), {}, std::move(message), std::move(hint), {}});
}

namespace {

// A string of the full length would be cleared first, for nothing: files are small.
std::string read_up_to(std::istream& in, std::size_t bytes_max) {
  std::string text;
  std::array<char, 16384> chunk;
  while (in && text.size() < bytes_max) {
    const std::size_t wanted = std::min(chunk.size(), bytes_max - text.size());
    in.read(chunk.data(), static_cast<std::streamsize>(wanted));
    text.append(chunk.data(), static_cast<std::size_t>(in.gcount()));
  }
  return text;
}

}  // namespace

SourcePtr read_source(const std::string& path, Problems& problems) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) {
    problems.add_file(path, "is a folder", "name a YAML file");
    return nullptr;
  }
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    problems.add_file(path, fmt::format("cannot be opened: {}", std::strerror(errno)),
                      "check the path; a path inside a scenario is relative to that scenario");
    return nullptr;
  }
  auto source = std::make_shared<SourceFile>();
  source->path = path;
  source->text = read_up_to(in, kFileBytesMax + 1);
  if (in.bad()) {
    problems.add_file(path, fmt::format("cannot be read: {}", std::strerror(errno)), "");
    return nullptr;
  }
  if (source->text.size() > kFileBytesMax) {
    problems.add_file(path, fmt::format("is larger than {} MiB", kFileBytesMax >> 20),
                      "split it: scenarios and manifests are small texts");
    return nullptr;
  }
  if (source->text.starts_with("\xef\xbb\xbf")) source->text.erase(0, 3);  // byte order mark
  if (const auto bad = first_binary_byte(source->text)) {
    problems.add(source, position_of(source->text, *bad),
                 fmt::format("is not a text file: byte 0x{:02x}",
                             static_cast<unsigned char>(source->text[*bad])),
                 "a scenario or manifest is YAML in UTF-8");
    return nullptr;
  }
  return source;
}

}  // namespace sdbtwin::scenarios
