// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/cloudflare/wire_assets.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "daemon/adapters/cloudflare/gatherer.h"
#include "daemon/codec/base64.h"
#include "daemon/core/model/failure.h"

namespace rollout {
namespace {

/// It cannot stand in a part: those hold base64.
constexpr std::string_view kBoundary = "----rolloutd-assets";
constexpr std::string_view kPartEnd = "\r\n";
/// How wrangler says that a file is served without a type.
constexpr std::string_view kNoType = "application/null";

std::string type_of(const Asset& asset) {
  return asset.file.content_type.empty() ? std::string(kNoType) : asset.file.content_type;
}

/// It becomes a header, whose end a line break would be.
bool is_token(std::string_view text) {
  return !text.empty() &&
         std::ranges::all_of(text, [](unsigned char c) { return c > ' ' && c <= '~'; });
}

/// The claims of a JSON Web Token, whose signature only Cloudflare can check.
std::optional<Json> claims_of(const std::string& token) {
  const auto first = token.find('.');
  const auto last = token.rfind('.');
  if (first == std::string::npos || last <= first) return std::nullopt;
  std::string part = token.substr(first + 1, last - first - 1);
  std::ranges::replace(part, '-', '+');
  std::ranges::replace(part, '_', '/');
  part.append((4 - part.size() % 4) % 4, '=');
  const auto text = decode_base64(part);
  auto claims = text ? parse_json(*text) : std::unexpected(std::string());
  return claims && claims->is_object() ? std::optional(std::move(*claims)) : std::nullopt;
}

UploadMode mode_of(const std::string& token) {
  const auto claims = claims_of(token);
  const Json* single = claims ? find_member(*claims, "wrangler_single_asset_uploads") : nullptr;
  return single != nullptr && *single == true ? UploadMode::single : UploadMode::bulk;
}

}  // namespace

std::string manifest_to_text(const AssetSet& assets) {
  // By hand: as a tree it would be many times larger.
  std::string out = R"({"manifest":{)";
  bool first = true;
  for (const Asset& asset : assets.files) {
    out += fmt::format(R"({}{}:{{"hash":"{}","size":{}}})", first ? "" : ",",
                       dump_json(Json("/" + asset.file.name)), asset.hash, asset.file.size);
    first = false;
  }
  return out + "}}";
}

Wire<UploadSession> session_from_json(const Json& result) {
  UploadSession out;
  TRY_ASSIGN(out.token, required_text(result, "jwt"));
  if (!is_token(out.token)) return std::unexpected("`jwt` is no token");
  out.mode = mode_of(out.token);
  const Json* buckets = find_member(result, "buckets");
  if (buckets == nullptr || buckets->is_null()) return out;
  if (!buckets->is_array()) return std::unexpected("`buckets` is not a list");
  for (const Json& bucket : *buckets) {
    if (!bucket.is_array()) return std::unexpected("a bucket is not a list");
    std::vector<std::string> hashes;
    for (const Json& hash : bucket) {
      if (!hash.is_string()) return std::unexpected("a hash is not a string");
      hashes.push_back(hash.get<std::string>());
    }
    if (!hashes.empty()) out.buckets.push_back(std::move(hashes));
  }
  return out;
}

Wire<std::optional<std::string>> completion_from_json(const Json* result) {
  if (result == nullptr) return std::nullopt;
  TRY_ASSIGN(auto token, string_member(*result, "jwt"));
  if (token && !is_token(*token)) return std::unexpected("`jwt` is no token");
  return token;
}

AssetBody::AssetBody(UploadMode mode, std::vector<const Asset*> files, ModuleContents& contents)
    : mode_(mode), files_(std::move(files)), contents_(contents) {
  if (mode_ == UploadMode::single) {
    content_type_ = type_of(*files_.front());
    size_ = files_.front()->file.size;
    return;
  }
  content_type_ = fmt::format("multipart/form-data; boundary={}", kBoundary);
  for (const Asset* asset : files_) {
    openers_.push_back(
        fmt::format("--{}\r\nContent-Disposition: form-data; name=\"{}\"; filename=\"{}\"\r\n"
                    "Content-Type: {}\r\n\r\n",
                    kBoundary, asset->hash, asset->hash, type_of(*asset)));
    size_ += openers_.back().size() + base64_size(asset->file.size) + kPartEnd.size();
  }
  openers_.push_back(fmt::format("--{}--\r\n", kBoundary));
  size_ += openers_.back().size();
}

Result<void> AssetBody::write(const BodySink& sink) {
  if (mode_ == UploadMode::bulk) return write_parts(sink);
  return contents_.read(files_.front()->file, [&sink](std::span<const std::byte> bytes) {
    return sink({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  });
}

Result<void> AssetBody::write_parts(const BodySink& sink) {
  Gatherer out(sink);
  for (std::size_t i = 0; i < files_.size(); ++i) {
    out.buffer() += openers_[i];
    TRY_ASSIGN(const bool open, gather_base64(files_[i]->file, contents_, out));
    if (!open) return {};
    out.buffer() += kPartEnd;
  }
  out.buffer() += openers_.back();
  out.flush();
  return {};
}

}  // namespace rollout
