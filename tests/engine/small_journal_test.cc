// SPDX-License-Identifier: Apache-2.0
// The journal of the small world keeps what a journal promises.
#include "tests/contract/journal_contract.h"
#include "tests/engine/small_world.h"

namespace rollout {
namespace {

class OwnJournal final : private Calls, public SmallJournal {
 public:
  OwnJournal() : SmallJournal(static_cast<Calls&>(*this)) { history = 5; }
};

struct MakeSmallJournal {
  std::unique_ptr<Journal> operator()() const { return std::make_unique<OwnJournal>(); }
};
INSTANTIATE_TYPED_TEST_SUITE_P(Small, JournalContract, MakeSmallJournal);

}  // namespace
}  // namespace rollout
