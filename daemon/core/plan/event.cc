// SPDX-License-Identifier: Apache-2.0
#include "daemon/core/plan/event.h"

#include <array>
#include <string>
#include <utility>

#include "daemon/core/plan/event_text.h"

namespace rollout {
namespace {

// Priorities: 5 is what an operator wants to read the next day, 4 is tried again by itself, 3 needs
// a person, 2 needs one soon.
constexpr std::array kKinds{
    EventKind{"daemon.started", "3baba07413994fa8959a7ef5254a1ca9", 5},
    EventKind{"daemon.stopping", "978905ee41f84a0f96400cb819810028", 5},
    EventKind{"config.loaded", "0bb8cc96c129413d95ce33f026e0428c", 5},
    EventKind{"config.reload_failed", "39560a9679f84b94a4f1ba5f6cacf3cb", 3},
    EventKind{"build.detected", "55fd1ab2f1e54f5781e8e8e39bd5a3bc", 7},
    EventKind{"build.settled", "ad7ba2ecb1414bfa8b3926a4e78cab36", 6},
    EventKind{"build.rejected", "9d9c4a1e94aa4ff6b400bb25a3ce13fb", 4},
    EventKind{"assets.uploading", "e1b7c0a4d65f4f0c9a3f2b8d7c6e5a41", 6},
    EventKind{"version.created", "ce3a6e5ed3ba43c28f66245968c7fc15", 5},
    EventKind{"version.deduplicated", "7f55fc52856d4296aad374598aa190c9", 6},
    EventKind{"version.create_failed", "5a7fd8b9a2914327be9155b416d16ff1", 3},
    EventKind{"version.adopted", "ad39f5f5fd854cbfa5deb1b758e029d2", 5},
    EventKind{"version.duplicate", "94a7d58dfd4f4bfea18d8a520d97e083", 4},
    EventKind{"version.identity_lost", "356fe4ce91864528a406fe7a5bb3af00", 3},
    EventKind{"version.foreign_identity", "bc30b2a433aa4fb480eea883b42505f9", 3},
    EventKind{"version.gone", "ac04925137fd4f9d85eaed7b07b022a9", 5},
    EventKind{"prune.planned", "89677394360a481aa7be9ef1fbf3c872", 5},
    EventKind{"prune.marked", "54b60f5870c140a2b9de83d4b4df3059", 6},
    EventKind{"prune.unmarked", "5c45536937b64d6f93d455a360599d8d", 6},
    EventKind{"prune.deleted", "ec11519dffaa43338c74bae5ca031651", 5},
    EventKind{"prune.refused", "497d4aa4181e45b89ef1739119af1b8b", 4},
    EventKind{"prune.approved", "5002d2a7aac2888024da6b1a2cf5a305", 5},
    EventKind{"worker.suspended", "75497d4854d243998a35431d46896afd", 5},
    EventKind{"worker.resumed", "d6eecdac6e6e4c6295ef55f408a0bb05", 5},
    EventKind{"version.pinned", "e92e8996b5af4a05b546bb9979de85ac", 5},
    EventKind{"version.unpinned", "0c15cff74cde4e92ad9b634b3bc51fc7", 5},
    EventKind{"api.throttled", "d17210bbdbda4c0caa63884ad94f1105", 4},
    EventKind{"api.unavailable", "0c49b2a204de4508a33d6220eb3c7717", 4},
    EventKind{"api.recovered", "f13608b29fd4425988a48365c8620cd5", 4},
    EventKind{"auth.failed", "81a400d427ac44008b971c6913494d09", 2},
    EventKind{"auth.checked", "23891d7ab4d4476989544560d9292d2c", 7},
    EventKind{"auth.expiring", "a0f01c8a2eb44491b6893f29b33c4cc0", 4},
    EventKind{"source.unreadable", "9c7518697cd540e2a7d93667680e6971", 3},
    EventKind{"watch.overflow", "da6928f1897f4734a24fa147a7d2dc04", 4},
    EventKind{"watch.degraded", "565518ccaaf7ea8ca87b617f5899e499", 4},
    EventKind{"watch.recovered", "b548dbe19f596111bd025a326d1fc369", 5},
    EventKind{"state.recovered", "23b1285fee424a43b1820a01b865ae11", 4},
    EventKind{"journal.degraded", "0936eb2b3e0441699f0bfdcb49abd818", 3},
    EventKind{"reconcile.finished", "7ae8cad6a5224de2803e11d365dfe3d2", 7},
};
static_assert(kKinds.size() == std::variant_size_v<EventBody>);

}  // namespace

const EventKind& kind_of(const EventBody& body) {
  return kKinds.at(body.index());
}

std::vector<EventKind> all_event_kinds() {
  return {kKinds.begin(), kKinds.end()};
}

EventRecord describe(const Event& event) {
  const EventKind& kind = kind_of(event.body);
  Telling telling = std::visit([](const auto& body) { return tell(body); }, event.body);

  EventRecord record{.name = kind.name,
                     .message_id = kind.message_id,
                     .priority = kind.priority,
                     .message = {},
                     .fields = {}};
  const auto add = [&record](std::string_view name, std::string value) {
    if (!value.empty()) record.fields.emplace_back(name, std::move(value));
  };
  add("ACCOUNT", event.account.text());
  add("WORKER", event.worker.text());
  add("RUN_ID", event.run.text());
  if (event.generation != 0) add("GENERATION", std::to_string(event.generation));
  add("DRY_RUN", event.dry_run ? "1" : "0");
  for (auto& [name, value] : telling.fields) add(name, std::move(value));

  if (!event.worker.empty()) {
    record.message = event.worker.text() + ": ";
  } else if (!event.account.empty()) {
    record.message = "account " + event.account.text() + ": ";
  }
  record.message += telling.sentence;
  return record;
}

}  // namespace rollout
