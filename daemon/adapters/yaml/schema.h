// SPDX-License-Identifier: Apache-2.0
// What is made from the tables for people and editors.
#pragma once

#include <string>

#include "daemon/adapters/yaml/keys.h"

namespace rollout {

/// JSON Schema (draft 2020-12) of a document, with a newline at the end.
std::string json_schema(const Table& document);

/// How a value of the key is written: "duration, `14d`, or a list of these".
std::string written(const Key& key);

/// Every key of a document with its value, default and meaning, as Markdown tables.
std::string key_reference(const Table& document);

/// The codes of the loader's errors, as a Markdown table.
std::string mistake_reference();

/// The facts for templates and conditions, as a Markdown table.
std::string fact_reference();

}  // namespace rollout
