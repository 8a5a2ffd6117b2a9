// SPDX-License-Identifier: Apache-2.0
// What every `VersionsApi` must do. A suite instantiates it with a world: default-constructible,
// `VersionsApi& api()` of an account that has one Worker, `shop`, without versions, and a service
// behind it that refuses to delete what is deployed.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>

#include "daemon/codec/sha256.h"
#include "daemon/ports/versions_api.h"

namespace rollout {

using ContractTexts = std::map<std::string, std::string>;

/// Modules in memory; they are what they were hashed as, unless `broken`.
class ContractContents final : public ModuleContents {
 public:
  explicit ContractContents(ContractTexts texts) : texts_(std::move(texts)) {}
  Result<void> read(const Module& module, const Sink& sink) override {
    const std::string& text = texts_.at(module.name);
    const auto bytes = std::as_bytes(std::span(text));
    sink(broken ? bytes.first(bytes.size() / 2) : bytes);
    if (!broken) return {};
    Failure failure;
    failure.kind = FailureKind::invalid;
    failure.detail = "the file changed";
    return std::unexpected(std::move(failure));
  }
  Bundle bundle(const std::string& tag) const {
    Bundle out;
    out.main_module = texts_.begin()->first;
    for (const auto& [name, text] : texts_) {
      out.modules.push_back({.name = name,
                             .content_type = "application/javascript+module",
                             .size = text.size(),
                             .sha256 = sha256(text)});
    }
    out.settings.compatibility_date = "2026-01-01";
    out.settings.bindings = {
        {"KV", "kv_namespace", {R"({"name":"KV","namespace_id":"abc","type":"kv_namespace"})"}}};
    out.annotations = {tag, "made by a test", ""};
    return out;
  }

  bool broken = false;

 private:
  ContractTexts texts_;
};

template <class World>
class VersionsApiContract : public testing::Test {
 protected:
  Result<Version> create(const std::string& tag, Deploy deploy = Deploy::no) {
    ContractContents contents(ContractTexts{{"index.js", "export default {}; // " + tag}});
    return api_.create(shop_, contents.bundle(tag), contents, deploy);
  }
  std::vector<std::string> tags() {
    std::vector<std::string> out;
    const auto listing = api_.list(shop_);
    EXPECT_TRUE(listing) << listing.error().sentence();
    if (!listing) return out;
    for (const Version& version : listing->versions) out.push_back(version.annotations.tag);
    return out;
  }

  using Tags = std::vector<std::string>;
  const WorkerId shop_{"shop"};
  World world_;
  VersionsApi& api_ = world_.api();
};
TYPED_TEST_SUITE_P(VersionsApiContract);

TYPED_TEST_P(VersionsApiContract, AnEmptyWorkerHasNoVersionsAndNeverServed) {
  const auto listing = this->api_.list(this->shop_);
  ASSERT_TRUE(listing) << listing.error().sentence();
  EXPECT_TRUE(listing->versions.empty());
  EXPECT_TRUE(listing->server_time);
  const auto history = this->api_.deployments(this->shop_);
  ASSERT_TRUE(history) << history.error().sentence();
  EXPECT_TRUE(history->deployments.empty());
  EXPECT_TRUE(history->server_time);
}

TYPED_TEST_P(VersionsApiContract, WhatWasCreatedIsListedHighestNumberFirst) {
  const auto first = this->create("v1");
  ASSERT_TRUE(first) << first.error().sentence();
  EXPECT_EQ(first->annotations.tag, "v1");
  EXPECT_TRUE(first->created_on);
  const auto second = this->create("v2");
  ASSERT_TRUE(second);
  EXPECT_GT(second->number, first->number);
  const auto listing = this->api_.list(this->shop_);
  ASSERT_TRUE(listing);
  ASSERT_EQ(listing->versions.size(), 2U);
  EXPECT_EQ(listing->versions[0].id, second->id);
  EXPECT_EQ(listing->versions[1].id, first->id);
  EXPECT_EQ(listing->versions[1].annotations.message, "made by a test");
  EXPECT_TRUE(this->api_.deployments(this->shop_)->deployments.empty()) << "nothing is deployed";
}

TYPED_TEST_P(VersionsApiContract, AListOfSeveralPagesIsComplete) {
  typename TestFixture::Tags expected;
  for (int i = 0; i < 101; ++i) {
    ASSERT_TRUE(this->create("v" + std::to_string(i)));
    expected.insert(expected.begin(), "v" + std::to_string(i));
  }
  EXPECT_EQ(this->tags(), expected);
}

TYPED_TEST_P(VersionsApiContract, AVersionIsReadBackAsItWasSent) {
  ContractContents contents(
      ContractTexts{{"a.js", "export default 1"}, {"lib/b.js", std::string(5000, 'x')}});
  const auto made = this->api_.create(this->shop_, contents.bundle("v1"), contents, Deploy::no);
  ASSERT_TRUE(made) << made.error().sentence();
  const auto bare = this->api_.get(this->shop_, made->id, Include::metadata);
  ASSERT_TRUE(bare) << bare.error().sentence();
  EXPECT_TRUE(bare->modules.empty());
  EXPECT_EQ(bare->main_module, "a.js");
  EXPECT_EQ(bare->settings.compatibility_date, "2026-01-01");
  ASSERT_EQ(bare->settings.bindings.size(), 1U);
  EXPECT_EQ(bare->settings.bindings[0].type, "kv_namespace");
  auto whole = this->api_.get(this->shop_, made->id, Include::modules);
  ASSERT_TRUE(whole) << whole.error().sentence();
  std::sort(whole->modules.begin(), whole->modules.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  ASSERT_EQ(whole->modules.size(), 2U);
  EXPECT_EQ(whole->modules[0].content, "export default 1");
  EXPECT_EQ(whole->modules[0].content_type, "application/javascript+module");
  EXPECT_EQ(whole->modules[1].name, "lib/b.js");
  EXPECT_EQ(whole->modules[1].content, std::string(5000, 'x'));
}

TYPED_TEST_P(VersionsApiContract, ARemovedVersionIsGoneAndItsNumberIsNotUsedAgain) {
  ASSERT_TRUE(this->create("v1"));
  const auto second = this->create("v2");
  ASSERT_TRUE(second);
  const auto removed = this->api_.remove(this->shop_, second->id, Tick::max());
  ASSERT_TRUE(removed) << removed.error().sentence();
  EXPECT_EQ(this->tags(), typename TestFixture::Tags{"v1"});
  EXPECT_EQ(this->api_.get(this->shop_, second->id, Include::metadata).error().kind,
            FailureKind::not_found);
  EXPECT_EQ(this->api_.remove(this->shop_, second->id, Tick::max()).error().kind,
            FailureKind::not_found);
  EXPECT_GT(this->create("v3")->number, second->number);
}

TYPED_TEST_P(VersionsApiContract, ADeleteThatIsTooLateIsNotSent) {
  const auto made = this->create("v1");
  ASSERT_TRUE(made);
  EXPECT_EQ(this->api_.remove(this->shop_, made->id, Tick::min()).error().kind,
            FailureKind::throttled);
  EXPECT_EQ(this->tags(), typename TestFixture::Tags{"v1"});
}

TYPED_TEST_P(VersionsApiContract, AnUnknownWorkerIsNotFound) {
  const WorkerId nobody("nobody");
  ContractContents contents(ContractTexts{{"index.js", "export default {}"}});
  EXPECT_EQ(this->api_.worker(nobody).error().kind, FailureKind::not_found);
  EXPECT_EQ(this->api_.list(nobody).error().kind, FailureKind::not_found);
  EXPECT_EQ(this->api_.deployments(nobody).error().kind, FailureKind::not_found);
  EXPECT_EQ(this->api_.create(nobody, contents.bundle("v1"), contents, Deploy::no).error().kind,
            FailureKind::not_found);
}

TYPED_TEST_P(VersionsApiContract, AWorkerIsReachedByNameAndById) {
  const auto by_name = this->api_.worker(this->shop_);
  ASSERT_TRUE(by_name) << by_name.error().sentence();
  EXPECT_EQ(by_name->name, "shop");
  const WorkerId id(by_name->id);
  EXPECT_EQ(this->api_.worker(id)->name, "shop");
  ASSERT_TRUE(this->create("v1", Deploy::yes));
  EXPECT_EQ(this->api_.list(id)->versions.size(), 1U);
  EXPECT_EQ(this->api_.deployments(id)->deployments.size(), 1U);
}

TYPED_TEST_P(VersionsApiContract, TheNewestDeploymentComesFirst) {
  const auto first = this->create("v1", Deploy::yes);
  ASSERT_TRUE(first) << first.error().sentence();
  const auto second = this->create("v2");
  ASSERT_TRUE(second);
  const auto deployment =
      this->api_.deploy(this->shop_, {{first->id, 90}, {second->id, 10}}, "try it", Force::no);
  ASSERT_TRUE(deployment) << deployment.error().sentence();
  const auto history = this->api_.deployments(this->shop_);
  ASSERT_TRUE(history);
  ASSERT_EQ(history->deployments.size(), 2U);
  EXPECT_EQ(history->deployments[0].id, deployment->id);
  EXPECT_EQ(history->deployments[0].annotations.message, "try it");
  EXPECT_TRUE(serves_now(*history, second->id));
  EXPECT_EQ(history->deployments[1].versions.at(0).version, first->id);
}

TYPED_TEST_P(VersionsApiContract, WhatIsDeployedIsNotDeleted) {
  const auto made = this->create("v1", Deploy::yes);
  ASSERT_TRUE(made);
  EXPECT_EQ(this->api_.remove(this->shop_, made->id, Tick::max()).error().kind,
            FailureKind::refused);
  EXPECT_EQ(this->tags(), typename TestFixture::Tags{"v1"});
}

TYPED_TEST_P(VersionsApiContract, APatchMakesANewVersionThatInheritsTheRest) {
  const auto first = this->create("v1");
  ASSERT_TRUE(first);
  const auto patched = this->api_.patch_latest(
      this->shop_, {R"({"annotations":{"workers/tag":"v1-patched"}})"}, Deploy::no);
  ASSERT_TRUE(patched) << patched.error().sentence();
  EXPECT_GT(patched->number, first->number);
  EXPECT_EQ(patched->annotations.tag, "v1-patched");
  const auto whole = this->api_.get(this->shop_, patched->id, Include::modules);
  ASSERT_TRUE(whole);
  EXPECT_EQ(whole->modules.at(0).content, "export default {}; // v1");
}

TYPED_TEST_P(VersionsApiContract, WhatIsInheritedIsInTheNewVersion) {
  const auto none = this->api_.latest(this->shop_);
  ASSERT_TRUE(none) << none.error().sentence();
  EXPECT_FALSE(*none);
  ContractContents contents(ContractTexts{{"a.js", "export default 1"}});
  Bundle first = contents.bundle("v1");
  first.settings.bindings = {
      {"KEY", "secret_text", {R"({"name":"KEY","text":"s3cret","type":"secret_text"})"}}};
  ASSERT_TRUE(this->api_.create(this->shop_, first, contents, Deploy::no));
  Bundle second = contents.bundle("v2");
  second.settings.bindings.clear();
  second.inherited.bindings = {"KEY"};
  ASSERT_TRUE(this->api_.create(this->shop_, second, contents, Deploy::no));
  const auto latest = this->api_.latest(this->shop_);
  ASSERT_TRUE(latest && *latest);
  EXPECT_EQ((*latest)->version.annotations.tag, "v2");
  ASSERT_EQ((*latest)->settings.bindings.size(), 1U);
  EXPECT_EQ((*latest)->settings.bindings[0].type, "secret_text");
  second.inherited.bindings = {"GONE"};
  EXPECT_EQ(this->api_.create(this->shop_, second, contents, Deploy::no).error().code, 10057);
}

TYPED_TEST_P(VersionsApiContract, ATagThatIsTooLongIsRefused) {
  EXPECT_EQ(this->create(std::string(101, 't')).error().kind, FailureKind::refused);
  EXPECT_TRUE(this->tags().empty());
}

// Promise 6: what cannot be read as it was hashed never becomes a version.
TYPED_TEST_P(VersionsApiContract, ContentsThatChangedMakeNoVersion) {
  ContractContents contents(ContractTexts{{"index.js", std::string(200'000, 'x')}});
  contents.broken = true;
  const auto made = this->api_.create(this->shop_, contents.bundle("v1"), contents, Deploy::no);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().kind, FailureKind::invalid);
  EXPECT_TRUE(this->tags().empty());
}

REGISTER_TYPED_TEST_SUITE_P(VersionsApiContract, WhatIsInheritedIsInTheNewVersion,
                            AnEmptyWorkerHasNoVersionsAndNeverServed,
                            WhatWasCreatedIsListedHighestNumberFirst, AListOfSeveralPagesIsComplete,
                            AVersionIsReadBackAsItWasSent,
                            ARemovedVersionIsGoneAndItsNumberIsNotUsedAgain,
                            ADeleteThatIsTooLateIsNotSent, AnUnknownWorkerIsNotFound,
                            AWorkerIsReachedByNameAndById, TheNewestDeploymentComesFirst,
                            WhatIsDeployedIsNotDeleted, APatchMakesANewVersionThatInheritsTheRest,
                            ATagThatIsTooLongIsRefused, ContentsThatChangedMakeNoVersion);

}  // namespace rollout
