// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/cloudflare/request_body.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "daemon/adapters/cloudflare/gatherer.h"
#include "daemon/adapters/cloudflare/wire_version.h"
#include "daemon/codec/base64.h"

namespace rollout {
namespace {

constexpr std::string_view kModuleEnd = "\"}";

}  // namespace

CreateBody::CreateBody(const Bundle& bundle, ModuleContents& contents)
    : bundle_(bundle), contents_(contents) {
  head_ = dump_json(bundle_to_json(bundle));
  if (!bundle.modules.empty()) {
    const bool alone = head_ == "{}";
    head_.pop_back();
    head_ += alone ? "\"modules\":[" : ",\"modules\":[";
    tail_ = "]}";
  }
  for (const Module& module : bundle.modules) {
    openers_.push_back(fmt::format(R"({}{{"name":{},"content_type":{},"content_base64":")",
                                   openers_.empty() ? "" : ",", dump_json(Json(module.name)),
                                   dump_json(Json(module.content_type))));
    size_ += openers_.back().size() + base64_size(module.size) + kModuleEnd.size();
  }
  size_ += head_.size() + tail_.size();
}

Result<void> CreateBody::write(const BodySink& sink) {
  Gatherer out(sink);
  out.buffer() += head_;
  for (std::size_t i = 0; i < openers_.size(); ++i) {
    const Module& module = bundle_.modules[i];
    out.buffer() += openers_[i];
    TRY_ASSIGN(const bool open, gather_base64(module, contents_, out));
    if (!open) return {};
    out.buffer() += kModuleEnd;
  }
  out.buffer() += tail_;
  out.flush();
  return {};
}

}  // namespace rollout
