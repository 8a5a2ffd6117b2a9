// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/cloudflare/wire_listing.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "daemon/core/model/failure.h"

namespace rollout {
namespace {

/// More keys than any object of the API has; bounds the search for twins.
constexpr std::size_t kMostKeys = 1000;

/// Levels of the document: 1 is the envelope, 2 `result` or `result_info`, 3 one version.
constexpr std::size_t kEnvelope = 1;
constexpr std::size_t kMember = 2;
constexpr std::size_t kItem = 3;

bool is_wanted(std::string_view name) {
  constexpr std::string_view kWanted[] = {"id",     "number",          "created_on", "annotations",
                                          "source", "startup_time_ms", "urls"};
  return std::find(std::begin(kWanted), std::end(kWanted), name) != std::end(kWanted);
}

class PageReader final : public Json::json_sax_t {
 public:
  bool null() override { return scalar(nullptr); }
  bool boolean(bool value) override {
    if (depth_ == kEnvelope && member_ == Member::success) success_ = value;
    return scalar(value);
  }
  bool number_integer(number_integer_t value) override { return scalar(value); }
  bool number_unsigned(number_unsigned_t value) override { return scalar(value); }
  bool number_float(number_float_t value, const string_t& /*text*/) override {
    return scalar(value);
  }
  bool string(string_t& value) override { return scalar(std::move(value)); }
  bool binary(binary_t& /*value*/) override { return fail("binary data is no JSON"); }
  bool start_object(std::size_t /*size*/) override { return open(Json::object()); }
  bool start_array(std::size_t /*size*/) override { return open(Json::array()); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool key(string_t& name) override;
  bool parse_error(std::size_t position, const std::string& /*token*/,
                   const nlohmann::detail::exception& /*error*/) override {
    return fail(fmt::format("the answer is no valid JSON at byte {}", position));
  }

  Wire<ListingPage> finish(bool parsed);

 private:
  enum class Member { other, success, result, result_info };

  bool fail(std::string why) {
    if (error_.empty()) error_ = std::move(why);
    return false;
  }
  bool building() const { return !building_.empty() && !skipping_; }
  Json* place(Json value) {
    Json& parent = *building_.back();
    if (parent.is_array()) return &parent.emplace_back(std::move(value));
    return &(parent[key_] = std::move(value));
  }
  template <class Value>
  bool scalar(Value&& value) {
    if (depth_ < kEnvelope) return fail("the answer is no JSON object");
    if (depth_ == kMember && member_ == Member::result) return fail(at("is no JSON object"));
    if (building()) place(std::forward<Value>(value));
    if (depth_ == kItem) skipping_ = false;
    return true;
  }
  bool open(Json value);
  bool close();
  std::string at(std::string_view what) const {
    return fmt::format("result[{}] {}", versions_.size(), what);
  }

  std::size_t depth_ = 0;
  Member member_ = Member::other;
  bool success_ = false;
  bool has_result_ = false;
  bool skipping_ = false;  // Inside a field of a version that nobody wants.
  Json item_, info_;
  std::vector<Json*> building_;
  std::string key_;
  std::vector<std::vector<std::size_t>> keys_;  // Per level: hashes of the object's keys so far.
  std::vector<Version> versions_;
  std::string error_;
};

bool PageReader::key(string_t& name) {
  auto& seen = keys_[depth_];
  const std::size_t hash = std::hash<std::string>{}(name);
  if (std::find(seen.begin(), seen.end(), hash) != seen.end()) {
    return fail("the same key stands twice in one object");
  }
  if (seen.size() == kMostKeys) return fail("an object has too many keys");
  seen.push_back(hash);
  if (depth_ == kEnvelope) {
    member_ = name == "success"       ? Member::success
              : name == "result"      ? Member::result
              : name == "result_info" ? Member::result_info
                                      : Member::other;
    return true;
  }
  if (depth_ == kItem && member_ == Member::result) skipping_ = !is_wanted(name);
  if (building()) key_ = std::move(name);
  return true;
}

bool PageReader::open(Json value) {
  if (depth_ >= static_cast<std::size_t>(kJsonDepth)) {
    return fail(fmt::format("nested deeper than {} levels", kJsonDepth));
  }
  ++depth_;
  if (keys_.size() <= depth_) keys_.resize(depth_ + 1);
  keys_[depth_].clear();
  const bool object = value.is_object();
  if (depth_ == kEnvelope) return object || fail("the answer is no JSON object");
  if (depth_ == kMember && member_ == Member::result) {
    has_result_ = true;
    return !object || fail("`result` is not a list");
  }
  if (depth_ == kMember && member_ == Member::result_info) {
    info_ = std::move(value);
    building_ = {&info_};
  } else if (depth_ == kItem && member_ == Member::result) {
    if (!object) return fail(at("is no JSON object"));
    item_ = std::move(value);
    building_ = {&item_};
  } else if (building()) {
    building_.push_back(place(std::move(value)));
  }
  return true;
}

bool PageReader::close() {
  if (depth_ == kItem && member_ == Member::result) {
    building_.clear();
    auto version = version_from_json(item_);
    if (!version) return fail(at("is no version: " + version.error()));
    versions_.push_back(std::move(*version));
  } else if (building()) {
    building_.pop_back();
  }
  --depth_;
  if (depth_ == kItem) skipping_ = false;
  return true;
}

Wire<std::uint64_t> count_member(const Json& info, std::string_view name) {
  TRY_ASSIGN(const auto value, integer_member(info, name));
  if (!value) return std::unexpected(fmt::format("`result_info.{}` is missing", name));
  if (*value < 0) return std::unexpected(fmt::format("`result_info.{}` is below 0", name));
  return static_cast<std::uint64_t>(*value);
}

Wire<ListingPage> PageReader::finish(bool parsed) {
  if (!error_.empty()) return std::unexpected(error_);
  if (!parsed) return std::unexpected("the answer is no valid JSON");
  if (!success_) return std::unexpected("the answer does not say `success`");
  if (!has_result_) return std::unexpected("`result` is missing");
  if (!info_.is_object()) return std::unexpected("`result_info` is missing");
  ListingPage page;
  TRY_ASSIGN(page.info.count, count_member(info_, "count"));
  TRY_ASSIGN(page.info.page, count_member(info_, "page"));
  TRY_ASSIGN(page.info.per_page, count_member(info_, "per_page"));
  TRY_ASSIGN(page.info.total_count, count_member(info_, "total_count"));
  page.versions = std::move(versions_);
  return page;
}

}  // namespace

Wire<ListingPage> read_listing_page(std::string_view body) {
  PageReader reader;
  const bool parsed = Json::sax_parse(body, &reader);
  return reader.finish(parsed);
}

std::optional<std::uint64_t> ListingPages::next() const {
  if (total_ && versions_.size() >= *total_) return std::nullopt;
  return pages_ + 1;
}

Wire<void> ListingPages::add(ListingPage page) {
  const PageInfo& info = page.info;
  const auto torn = [&info](std::string why) {
    return std::unexpected(fmt::format("the listing is torn at page {}: {}", info.page, why));
  };
  ++pages_;
  if (info.page != pages_) return torn(fmt::format("page {} was asked for", pages_));
  if (info.per_page != kPerPage) return torn(fmt::format("{} a page", info.per_page));
  if (info.count != page.versions.size()) {
    return torn(fmt::format("{} versions announced, {} sent", info.count, page.versions.size()));
  }
  if (info.total_count > kMostVersions) return torn(fmt::format("{} versions", info.total_count));
  if (total_.value_or(info.total_count) != info.total_count) {
    return torn(fmt::format("the total went from {} to {}", *total_, info.total_count));
  }
  total_ = info.total_count;
  const std::uint64_t expected = std::min(kPerPage, info.total_count - versions_.size());
  if (info.count != expected) {
    return torn(fmt::format("{} versions where {} belong", info.count, expected));
  }
  versions_.insert(versions_.end(), std::make_move_iterator(page.versions.begin()),
                   std::make_move_iterator(page.versions.end()));
  if (next()) return {};

  // Complete: an item that moved between two pages shows up as a twin.
  std::sort(versions_.begin(), versions_.end(),
            [](const Version& a, const Version& b) { return a.number > b.number; });
  std::vector<const VersionId*> ids;
  ids.reserve(versions_.size());
  for (const Version& version : versions_) ids.push_back(&version.id);
  std::sort(ids.begin(), ids.end(), [](const auto* a, const auto* b) { return *a < *b; });
  if (const auto twin = std::adjacent_find(ids.begin(), ids.end(),
                                           [](const auto* a, const auto* b) { return *a == *b; });
      twin != ids.end()) {
    return torn(fmt::format("version {} stands twice", (*twin)->text()));
  }
  if (const auto twin = std::adjacent_find(
          versions_.begin(), versions_.end(),
          [](const Version& a, const Version& b) { return a.number == b.number; });
      twin != versions_.end()) {
    return torn(fmt::format("two versions have the number {}", twin->number));
  }
  return {};
}

std::vector<Version> ListingPages::finish() {
  return std::move(versions_);
}

}  // namespace rollout
