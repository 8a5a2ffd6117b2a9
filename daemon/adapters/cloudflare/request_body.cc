// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/cloudflare/request_body.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "daemon/adapters/cloudflare/wire_version.h"
#include "daemon/codec/base64.h"

namespace rollout {
namespace {

/// Pieces below this are gathered, so that small modules do not cost a packet each.
constexpr std::size_t kPiece = 64 * 1024;

constexpr std::string_view kModuleEnd = "\"}";

class Gatherer {
 public:
  explicit Gatherer(const BodySink& sink) : sink_(sink) { buffer_.reserve(kPiece); }

  std::string& buffer() { return buffer_; }
  bool flush_when_full() { return buffer_.size() < kPiece || flush(); }
  bool flush() {
    open_ = open_ && sink_(buffer_);
    buffer_.clear();
    return open_;
  }

 private:
  const BodySink& sink_;
  std::string buffer_;
  bool open_ = true;
};

Failure wrong_size(const Module& module) {
  Failure failure;
  failure.kind = FailureKind::invalid;
  failure.detail = fmt::format("module `{}` is no longer {} bytes long; the upload was broken off",
                               module.name, module.size);
  return failure;
}

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
    Base64Encoder encoder;
    std::uint64_t passed = 0;
    bool open = true;
    TRY(contents_.read(module, [&](std::span<const std::byte> bytes) {
      passed += bytes.size();
      if (passed > module.size) return false;
      encoder.add(bytes, out.buffer());
      return open = out.flush_when_full();
    }));
    if (!open) return {};
    if (passed != module.size) return std::unexpected(wrong_size(module));
    encoder.finish(out.buffer());
    out.buffer() += kModuleEnd;
  }
  out.buffer() += tail_;
  out.flush();
  return {};
}

}  // namespace rollout
