// SPDX-License-Identifier: Apache-2.0
#include "daemon/codec/wrangler/ignore_file.h"

#include <fnmatch.h>

#include <algorithm>
#include <span>

namespace rollout {
namespace {

using Parts = std::vector<std::string>;

Parts split(std::string_view text) {
  Parts parts;
  while (true) {
    const auto slash = text.find('/');
    parts.emplace_back(text.substr(0, slash));
    if (slash == std::string_view::npos) return parts;
    text.remove_prefix(slash + 1);
  }
}

/// Spaces at the end do not count unless the last of them is escaped.
std::string_view without_trailing_spaces(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  while (line.ends_with(' ') && !line.ends_with("\\ ")) line.remove_suffix(1);
  return line;
}

bool matches_part(const std::string& pattern, const std::string& part) {
  return ::fnmatch(pattern.c_str(), part.c_str(), FNM_CASEFOLD) == 0;
}

/// Tries each length of the first `**`, whose rest begins anew: polynomial, as there is one star
/// to go back to.
bool matches(std::span<const std::string> pattern, std::span<const std::string> path) {
  std::size_t star = pattern.size(), resumed = 0, p = 0, at = 0;
  while (at < path.size()) {
    if (p < pattern.size() && pattern[p] == "**") {
      if (p + 1 == pattern.size()) return true;  // Everything inside, of which there is some.
      star = p++;
      resumed = at;
    } else if (p < pattern.size() && matches_part(pattern[p], path[at])) {
      ++p;
      ++at;
    } else if (star < pattern.size()) {
      p = star + 1;
      at = ++resumed;
    } else {
      return false;
    }
  }
  return p == pattern.size();
}

}  // namespace

IgnoreFile::Pattern IgnoreFile::read_pattern(std::string_view line) {
  Pattern pattern;
  if (line.starts_with('!')) {
    pattern.negated = true;
    line.remove_prefix(1);
  } else if (line.starts_with("\\!") || line.starts_with("\\#")) {
    line.remove_prefix(1);
  }
  if (line.ends_with('/')) {
    pattern.directories_only = true;
    line.remove_suffix(1);
  }
  // A slash at the beginning or in the middle ties the pattern to the directory of the file.
  const bool tied = line.contains('/');
  if (line.starts_with('/')) line.remove_prefix(1);
  if (!tied) pattern.parts.emplace_back("**");
  std::ranges::copy(split(line), std::back_inserter(pattern.parts));
  return pattern;
}

std::expected<IgnoreFile, std::string> IgnoreFile::parse(std::string_view text) {
  if (text.contains('\0')) return std::unexpected("it holds a null character");
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  IgnoreFile out;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const std::string_view line = without_trailing_spaces(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line == "/" || line == "!" || line.starts_with('#')) continue;
    out.patterns_.push_back(read_pattern(line));
  }
  return out;
}

bool IgnoreFile::ignores_itself(const Parts& parts, Kind kind) const {
  for (auto pattern = patterns_.rbegin(); pattern != patterns_.rend(); ++pattern) {
    if (pattern->directories_only && kind == Kind::file) continue;
    if (matches(pattern->parts, parts)) return !pattern->negated;
  }
  return false;
}

bool IgnoreFile::ignores(std::string_view path) const {
  const Parts parts = split(path);
  Parts above;
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
    above.push_back(parts[i]);
    if (ignores_itself(above, Kind::directory)) return true;
  }
  return ignores_itself(parts, Kind::file);
}

}  // namespace rollout
