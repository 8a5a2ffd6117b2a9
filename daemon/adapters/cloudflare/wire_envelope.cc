// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/cloudflare/wire_envelope.h"

#include <limits>
#include <nlohmann/json.hpp>

namespace rollout {
namespace {

/// Errors are for people; a field of another type says nothing rather than spoiling the rest.
std::string text_of(const Json* value) {
  return value != nullptr && value->is_string() ? value->get<std::string>() : std::string();
}

CloudflareError read_error(const Json& entry) {
  CloudflareError out;
  if (entry.is_string()) out.message = entry.get<std::string>();
  if (!entry.is_object()) return out;
  if (const auto code = integer_member(entry, "code");
      code && *code && **code > 0 && **code <= std::numeric_limits<int>::max()) {
    out.code = static_cast<int>(**code);
  }
  out.message = text_of(find_member(entry, "message"));
  out.documentation_url = text_of(find_member(entry, "documentation_url"));
  if (const Json* source = find_member(entry, "source")) {
    out.pointer = text_of(find_member(*source, "pointer"));
  }
  return out;
}

}  // namespace

std::expected<Envelope, std::string> read_envelope(const Json& document) {
  if (!document.is_object()) return std::unexpected("the answer is no JSON object");
  const Json* success = find_member(document, "success");
  if (success == nullptr || !success->is_boolean()) {
    return std::unexpected("the answer has no `success`");
  }
  Envelope out;
  out.success = success->get<bool>();
  if (const Json* errors = find_member(document, "errors"); errors && errors->is_array()) {
    for (const Json& entry : *errors) out.errors.push_back(read_error(entry));
  }
  if (const Json* result = find_member(document, "result"); result && !result->is_null()) {
    out.result = result;
  }
  return out;
}

}  // namespace rollout
