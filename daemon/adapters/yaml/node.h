// SPDX-License-Identifier: Apache-2.0
// A YAML document as it was written: every value is a text, a list or a map, with its place.
// What a text means is decided by the key that holds it (types.h), never by YAML's own guesses.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace rollout {

/// Where something stands in its file. All count from 1; columns are characters, not bytes.
struct Place {
  std::size_t line = 0;  ///< 0: the file as a whole.
  std::size_t column = 0;
  std::size_t width = 1;  ///< Characters that the carets underline.
  auto operator<=>(const Place&) const = default;
};

struct KeyValue;

struct Node {
  enum class Kind {
    none,  ///< Nothing, `~` or `null`.
    text,
    list,
    map,
  };
  enum class Style {
    plain,
    quoted,  ///< In quotes, or a block text.
  };
  Kind kind = Kind::none;
  Style style = Style::plain;  ///< Of a text.
  std::string text;
  std::vector<Node> items;        ///< Of a list.
  std::vector<KeyValue> members;  ///< Of a map, in the order of the file; keys are unique.
  Place place;

  /// Null where the map has no such key, or where this is no map.
  const KeyValue* find(std::string_view key) const;
};

struct KeyValue {
  std::string key;
  Place place;  ///< Of the key.
  Node value;
};

/// A file that was read, and what is in it.
struct SourceText {
  std::string file;
  std::string text;
};

}  // namespace rollout
