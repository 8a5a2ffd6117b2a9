// SPDX-License-Identifier: Apache-2.0
// A configuration of wrangler's as JSON, with the line of each of its members.
#pragma once

#include <expected>
#include <map>
#include <string>
#include <string_view>

#include "daemon/codec/json.h"

namespace rollout {

/// JSON Pointer -> line, from 1. Only of members and elements; the whole has line 1.
using Lines = std::map<std::string, int, std::less<>>;

/// The line of the member, or of the nearest one around it.
int line_of(const Lines& lines, std::string_view pointer);

/// A JSON Pointer's next part, escaped; very long names are cut.
std::string child_of(std::string_view pointer, std::string_view name);

struct DocumentProblem {
  int line = 1;
  std::string message;  ///< One sentence without the file.
};

enum class Syntax { jsonc, toml };

/// Parses the text and fills `lines`. TOML's dates become strings.
std::expected<Json, DocumentProblem> parse_document(std::string_view text, Syntax syntax,
                                                    Lines& lines);

}  // namespace rollout
