// SPDX-License-Identifier: Apache-2.0
#include "daemon/core/plan/event.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>

namespace rollout {
namespace {

using namespace std::chrono_literals;

const BundleDigest kDigest{*Sha256::from_hex("51d0" + std::string(60, 'a'))};

Version a_version(std::uint64_t number, std::string tag) {
  return {.id = *VersionId::parse("0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"),
          .number = number,
          .created_on = std::nullopt,
          .annotations = {.tag = std::move(tag), .message = {}, .triggered_by = {}},
          .source = "wrangler",
          .startup_time = 17ms,
          .urls = {}};
}

Failure a_failure() {
  return {.kind = FailureKind::refused,
          .during = "create a version",
          .detail = "the script is too large.",
          .code = 10027,
          .http_status = 413,
          .documentation_url = {},
          .pointer = {},
          .cf_ray = "8c1f"};
}

/// One event of each kind, in the order of the variant.
std::vector<EventBody> one_of_each() {
  const VersionId id = a_version(1, "").id;
  return {
      DaemonStarted{"0.1.0", Mode::observe, 1},
      DaemonStopping{"the create of shop-api is waited for."},
      ConfigLoaded{{"shop-api is new"}},
      ConfigReloadFailed{{{"UnknownKey", "unknown key \"keeep\".", "rolloutd.yaml", 27, 9, "  ^"}}},
      BuildDetected{"/srv/shop/dist"},
      BuildSettled{kDigest, 14, 421888, 2, Confidence::confirmed},
      BuildRejected{"/srv/shop/dist", "TwoMains", "a.js and b.js could both be the main module."},
      AssetsUploading{kDigest, 1200, 5000, 26214400, 104857600, 95s},
      VersionCreated{a_version(42, "1.9.0"), kDigest, 1200ms, 3s},
      VersionDeduplicated{a_version(42, "1.9.0"), kDigest},
      VersionCreateFailed{kDigest, a_failure(), "it is not tried again until the build changes"},
      VersionAdopted{a_version(42, ""), kDigest},
      VersionDuplicate{kDigest, a_version(42, ""), {a_version(43, "")}},
      IdentityLost{a_version(42, ""), kDigest},
      ForeignIdentity{a_version(42, "v1"), kDigest, "its tag is `v1`, and `v2` was sent"},
      VersionGone{id, 31},
      PrunePlanned{"p-7f3a0000", 22, 6, 3, {"observe mode"}},
      PruneMarked{id, 31, "1.6.4", "no rule keeps it", std::nullopt},
      PruneUnmarked{id, 31, "it is deployed"},
      PruneDeleted{id, 31, "1.6.4", 96h, "last 20", "p-7f3a0000"},
      PruneRefused{"MaxPercent", "46 of 60 (77 %) exceed max_percent 25 %.", std::nullopt},
      PruneApproved{"p-7f3a90c1", 12, "anna", Instant(100h)},
      WorkerSuspended{"anna", "holidays", Instant(100h)},
      WorkerResumed{"anna"},
      VersionPinned{id, "anna", "contract"},
      VersionUnpinned{id, "anna"},
      ApiThrottled{30s, "1180 of 1200 calls are used"},
      ApiUnavailable{a_failure(), 4, 40s},
      ApiRecovered{11min},
      AuthFailed{a_failure(), 5min, true},
      AuthChecked{Instant(240h)},
      AuthExpiring{Instant(240h), 240h},
      SourceUnreadable{"/srv/shop/dist", "permission denied."},
      WatchOverflow{},
      WatchDegraded{2, "blog: /srv/blog cannot be watched. shop: nor can /srv/shop."},
      WatchRecovered{},
      StateRecovered{"the file was missing\nand is new."},
      JournalDegraded{"no space is left"},
      PassFinished{PassFinished::Result::noop,
                   420ms,
                   60,
                   1,
                   22,
                   6,
                   12,
                   {},
                   "1.9.0",
                   {{"rule", 20}, {"pinned", 2}},
                   "Ready",
                   "v42 serves everything.",
                   5min},
  };
}

Event event_of(EventBody body) {
  return {.account = AccountName("main"),
          .worker = WorkerId("shop-api"),
          .run = RunId("r-5512"),
          .generation = 3,
          .dry_run = false,
          .body = std::move(body)};
}

std::string field(const EventRecord& record, std::string_view name) {
  for (const auto& [key, value] : record.fields) {
    if (key == name) return value;
  }
  return "(absent)";
}

TEST(EventKinds, HaveUniqueNamesAndIds) {
  std::set<std::string_view> names;
  std::set<std::string_view> ids;
  for (const EventKind& kind : all_event_kinds()) {
    EXPECT_TRUE(names.insert(kind.name).second) << kind.name;
    EXPECT_TRUE(ids.insert(kind.message_id).second) << kind.name;
    EXPECT_EQ(kind.message_id.size(), 32U) << kind.name;
    EXPECT_EQ(kind.message_id.find_first_not_of("0123456789abcdef"), std::string::npos);
    EXPECT_GE(kind.priority, 0);
    EXPECT_LE(kind.priority, 7);
  }
  EXPECT_EQ(names.size(), std::variant_size_v<EventBody>);
}

TEST(EventKinds, EachHasAnEntryInTheCatalogWithItsThreeAnswers) {
  std::ifstream file(ROLLOUT_SOURCE_DIR "/systemd/rolloutd.catalog");
  const std::string catalog{std::istreambuf_iterator<char>(file), {}};
  std::size_t entries = 0;
  for (std::size_t at = catalog.find("\n-- "); at != std::string::npos;
       at = catalog.find("\n-- ", at + 1)) {
    ++entries;
  }
  EXPECT_EQ(entries, all_event_kinds().size());
  for (const EventKind& kind : all_event_kinds()) {
    const auto start = catalog.find("\n-- " + std::string(kind.message_id) + "\n");
    ASSERT_NE(start, std::string::npos) << kind.name;
    const std::string entry = catalog.substr(start, catalog.find("\n-- ", start + 1) - start);
    EXPECT_TRUE(entry.contains("This is " + std::string(kind.name) + ".")) << entry;
    EXPECT_TRUE(entry.contains("\nSubject: ")) << entry;
    EXPECT_TRUE(entry.contains("\nWhat it means: ")) << entry;
    EXPECT_TRUE(entry.contains("\nWhat the daemon does next: ")) << entry;
    EXPECT_TRUE(entry.contains("\nWhat you can do: ")) << entry;
  }
}

TEST(Describe, TellsEveryKindInOneLineWithoutAFinalStop) {
  const auto bodies = one_of_each();
  ASSERT_EQ(bodies.size(), std::variant_size_v<EventBody>);
  for (std::size_t i = 0; i < bodies.size(); ++i) {
    ASSERT_EQ(bodies[i].index(), i);
    const EventRecord record = describe(event_of(bodies[i]));
    EXPECT_EQ(record.name, all_event_kinds()[i].name);
    EXPECT_TRUE(record.message.starts_with("shop-api: ")) << record.message;
    EXPECT_GT(record.message.size(), 20U) << record.message;
    EXPECT_NE(record.message.back(), '.') << record.message;
    EXPECT_EQ(record.message.find('\n'), std::string::npos) << record.message;
    EXPECT_FALSE(record.message.contains("..")) << record.message;
    EXPECT_FALSE(record.message.contains("  ")) << record.message;
  }
}

TEST(Describe, SaysOfAMarkInObserveModeWhatWouldHappen) {
  const VersionId id = a_version(1, "").id;
  EXPECT_EQ(describe(event_of(PruneMarked{id, 31, "", "no rule keeps it", Instant(24h)})).message,
            "shop-api: v31 is no longer needed; it would be deleted from 1970-01-02T00:00:00Z on, "
            "were the mode enforce: no rule keeps it");
  EXPECT_TRUE(describe(event_of(PruneMarked{id, 31, "", "no rule keeps it", std::nullopt}))
                  .message.contains("goes after the grace period"));
}

TEST(Describe, NamesFieldsOnceInUpperCase) {
  for (const EventBody& body : one_of_each()) {
    const EventRecord record = describe(event_of(body));
    std::set<std::string_view> names;
    for (const auto& [name, value] : record.fields) {
      EXPECT_TRUE(names.insert(name).second) << record.name << " " << name;
      EXPECT_EQ(name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_"), std::string::npos) << name;
    }
  }
}

TEST(Describe, SaysWhereAnEventBelongs) {
  Event event = event_of(WatchOverflow{});
  EXPECT_EQ(field(describe(event), "WORKER"), "shop-api");
  EXPECT_EQ(field(describe(event), "ACCOUNT"), "main");
  EXPECT_EQ(field(describe(event), "RUN_ID"), "r-5512");
  EXPECT_EQ(field(describe(event), "GENERATION"), "3");
  EXPECT_EQ(field(describe(event), "DRY_RUN"), "0");
  event.worker = {};
  EXPECT_TRUE(describe(event).message.starts_with("account main: "));
  EXPECT_EQ(field(describe(event), "WORKER"), "(absent)");
  event.account = {};
  EXPECT_TRUE(describe(event).message.starts_with("events of the file system"));
}

TEST(Describe, PutsTheNumbersIntoSentenceAndFields) {
  const EventRecord settled =
      describe(event_of(BuildSettled{kDigest, 14, 421888, 2, Confidence::confirmed}));
  EXPECT_EQ(settled.message,
            "shop-api: build 51d0aaaaaaaa is finished, as declared: 14 modules, 412.0 KiB, 2 files "
            "left out");
  EXPECT_EQ(field(settled, "MODULES"), "14");
  EXPECT_EQ(field(settled, "BYTES"), "421888");
  EXPECT_EQ(field(settled, "LEFT_OUT"), "2");
  EXPECT_EQ(field(settled, "BUILD"), kDigest.hex());

  const EventRecord created =
      describe(event_of(VersionCreated{a_version(42, "1.9.0"), kDigest, 1200ms, 3s}));
  EXPECT_EQ(created.message,
            "shop-api: created v42 \"1.9.0\" from build 51d0aaaaaaaa in 1 s, it starts in 17 ms");
  EXPECT_EQ(field(created, "VERSION_NUMBER"), "42");
  EXPECT_EQ(field(created, "TAG"), "1.9.0");
  EXPECT_EQ(field(created, "STARTUP_MS"), "17");
  EXPECT_EQ(field(created, "DURATION_MS"), "1200");
}

TEST(Describe, CarriesWhatCloudflaresSupportAsksFor) {
  const EventRecord record = describe(event_of(VersionCreateFailed{kDigest, a_failure(), "wait"}));
  EXPECT_EQ(field(record, "CF_CODE"), "10027");
  EXPECT_EQ(field(record, "CF_RAY"), "8c1f");
  EXPECT_EQ(field(record, "HTTP_STATUS"), "413");
  EXPECT_EQ(field(record, "REASON"), "refused");
}

TEST(Describe, NamesEveryErrorOfARefusedReload) {
  const EventRecord record = describe(
      event_of(ConfigReloadFailed{{{"UnknownKey", "unknown key `a`.", "r.yaml", 27, 9, {}},
                                   {"Unreadable", "no such file", "conf.d/b.yaml", 0, 0, {}}}}));
  EXPECT_TRUE(record.message.contains("2 errors"));
  EXPECT_TRUE(record.message.ends_with("r.yaml:27:9: unknown key `a`; conf.d/b.yaml: no such file"))
      << record.message;
  EXPECT_EQ(field(record, "PLACE"), "r.yaml:27:9");
}

}  // namespace
}  // namespace rollout
