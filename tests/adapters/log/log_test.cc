// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <gtest/gtest.h>
#include <pty.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "daemon/adapters/log/line_writer.h"
#include "daemon/adapters/log/log_sink.h"
#include "daemon/codec/json.h"

namespace rollout {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;

constexpr const char* kCanary = "canary-4f1d0c7e9b";

class FixedClock final : public Clock {
 public:
  Instant now() override { return *parse_rfc3339("2026-03-10T12:00:00Z"); }
  Tick tick() override { return {}; }
};

/// Keeps what it is given, or takes nothing.
class MemoryOutput final : public LogOutput {
 public:
  explicit MemoryOutput(std::vector<EventRecord>& records, const bool& open)
      : records_(records), open_(open) {}
  bool put(const EventRecord& record, Instant /*at*/) override {
    if (open_) records_.push_back(record);
    return open_;
  }

 private:
  std::vector<EventRecord>& records_;
  const bool& open_;
};

Event event_of(EventBody body) {
  return {.account = AccountName("main"),
          .worker = WorkerId("shop"),
          .run = RunId("r-1"),
          .generation = 1,
          .dry_run = false,
          .body = std::move(body)};
}

/// An event with the token in every text that comes from elsewhere.
Event leak() {
  return event_of(BuildRejected{std::string("/srv/") + kCanary, kCanary,
                                std::string("sent Bearer ") + kCanary + " twice: " + kCanary});
}

std::string drain(int fd) {
  std::string text;
  std::array<char, 4096> piece{};
  for (ssize_t got = 0; (got = read(fd, piece.data(), piece.size())) > 0;) {
    text.append(piece.data(), static_cast<std::size_t>(got));
  }
  return text;
}

struct Pipe {
  Pipe() { EXPECT_EQ(pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK), 0); }
  ~Pipe() {
    close(ends[0]);
    close(ends[1]);
  }
  /// The side of the log is a plain blocking descriptor, as standard error is.
  int writing() {
    fcntl(ends[1], F_SETFL, 0);
    return ends[1];
  }
  std::string read_all() { return drain(ends[0]); }
  std::array<int, 2> ends{};
};

class Log : public testing::Test {
 protected:
  Log() { redactor_.add(Secret(kCanary)); }
  std::unique_ptr<EventSink> sink(std::unique_ptr<LogOutput> output,
                                  Verbosity verbosity = Verbosity::normal) {
    return make_log_sink(std::move(output), verbosity, clock_, redactor_);
  }
  std::string lines(std::unique_ptr<LogOutput> (*make)(int), const Event& event) {
    Pipe pipe;
    sink(make(pipe.writing()))->emit(event);
    return pipe.read_all();
  }

  FixedClock clock_;
  Redactor redactor_;
};

TEST_F(Log, WritesOneJsonObjectALine) {
  const std::string text = lines(make_json_output, event_of(ApiRecovered{11min}));
  ASSERT_TRUE(text.ends_with("}\n"));
  const auto line = parse_json(text);
  ASSERT_TRUE(line) << text;
  EXPECT_EQ(line->at("time"), "2026-03-10T12:00:00.000Z");
  EXPECT_EQ(line->at("level"), "warning");
  EXPECT_EQ(line->at("priority"), 4);
  EXPECT_EQ(line->at("event"), "api.recovered");
  EXPECT_EQ(line->at("message"), "shop: Cloudflare answers again after 11 min");
  EXPECT_EQ(line->at("message_id"), "f13608b29fd4425988a48365c8620cd5");
  EXPECT_EQ(line->at("worker"), "shop");
  EXPECT_EQ(line->at("duration_ms"), "660000");
}

TEST_F(Log, EscapesWhatWouldBreakALineOfJson) {
  const std::string text =
      lines(make_json_output, event_of(SourceUnreadable{"/a\"\n\xff", "b\nc \"d\""}));
  EXPECT_EQ(std::ranges::count(text, '\n'), 1);
  EXPECT_TRUE(parse_json(text)) << text;
}

TEST_F(Log, WritesReadableLinesToATerminal) {
  const std::string text = lines([](int fd) { return make_terminal_output(fd, Colour::no); },
                                 event_of(ApiRecovered{11min}));
  EXPECT_TRUE(text.ends_with(
      ":00 warning  api.recovered        shop: Cloudflare answers again after 11 min\n"))
      << text;
  const std::string coloured = lines([](int fd) { return make_terminal_output(fd, Colour::yes); },
                                     event_of(ApiRecovered{11min}));
  EXPECT_TRUE(coloured.contains("\x1b[33mwarning \x1b[0m")) << coloured;
}

TEST_F(Log, LetsNoTextSteerTheTerminal) {
  const std::string text = lines([](int fd) { return make_terminal_output(fd, Colour::no); },
                                 event_of(SourceUnreadable{"/a\x1b]0;x\x07",
                                                           "b\xc2\x9b"
                                                           "31m \xc3\xa9"}));
  EXPECT_FALSE(text.contains('\x1b')) << text;
  EXPECT_FALSE(text.contains('\x07')) << text;
  EXPECT_FALSE(text.contains("\xc2\x9b")) << text;
  EXPECT_TRUE(text.contains("\xc3\xa9")) << text;
}

TEST_F(Log, TellsDebugLinesOnlyWhereAsked) {
  std::vector<EventRecord> records;
  const bool open = true;
  const Event event = event_of(BuildDetected{"/srv"});
  sink(std::make_unique<MemoryOutput>(records, open))->emit(event);
  EXPECT_TRUE(records.empty());
  sink(std::make_unique<MemoryOutput>(records, open), Verbosity::verbose)->emit(event);
  EXPECT_EQ(records.size(), 1U);
  sink(std::make_unique<MemoryOutput>(records, open), Verbosity::quiet)
      ->emit(event_of(WorkerResumed{"anna"}));
  EXPECT_EQ(records.size(), 1U);
}

TEST_F(Log, CountsWhatItHeldBackAndWhatNobodyTook) {
  std::vector<EventRecord> records;
  bool open = true;
  const auto log = sink(std::make_unique<MemoryOutput>(records, open));
  for (int i = 0; i < 4; ++i) log->emit(event_of(WatchOverflow{}));
  ASSERT_EQ(records.size(), 3U);
  EXPECT_EQ(records.back().fields.back(),
            (std::pair<std::string_view, std::string>("SUPPRESSED", "1")));

  open = false;
  log->emit(event_of(WorkerResumed{"anna"}));
  log->emit(event_of(WorkerResumed{"ben"}));
  open = true;
  log->emit(event_of(WorkerResumed{"carl"}));
  log->emit(event_of(WorkerResumed{"dora"}));
  ASSERT_EQ(records.size(), 5U);
  EXPECT_EQ(records[3].fields.back(), (std::pair<std::string_view, std::string>("DROPPED", "2")));
  EXPECT_NE(records[4].fields.back().first, "DROPPED");
}

// Promise 23: a token that got into a text is shown by no sink.
TEST_F(Log, ShowsARegisteredSecretNowhere) {
  for (auto* make : {+[](int fd) { return make_json_output(fd); },
                     +[](int fd) { return make_terminal_output(fd, Colour::yes); }}) {
    const std::string text = lines(make, leak());
    EXPECT_FALSE(text.contains("canary")) << text;
    EXPECT_TRUE(text.contains("Bearer [redacted] twice")) << text;
  }
}

class Journald : public Log {
 protected:
  Journald() : fd_(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
    std::string pattern = testing::TempDir() + "journalXXXXXX";
    directory_ = mkdtemp(pattern.data());
    path_ = directory_ + "/socket";
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path_.copy(address.sun_path, sizeof address.sun_path - 1);
    EXPECT_EQ(bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  }
  ~Journald() override {
    close(fd_);
    std::filesystem::remove_all(directory_);
  }
  std::string heard() {
    std::string text(256 * 1024, '\0');
    const ssize_t size = recv(fd_, text.data(), text.size(), 0);
    text.resize(size < 0 ? 0 : static_cast<std::size_t>(size));
    return text;
  }
  int fd_;
  std::string directory_;
  std::string path_;
};

TEST_F(Journald, GetsEveryFieldOfARecord) {
  sink(make_journal_output(path_))->emit(event_of(ApiRecovered{11min}));
  EXPECT_EQ(heard(),
            "MESSAGE=shop: Cloudflare answers again after 11 min\n"
            "MESSAGE_ID=f13608b29fd4425988a48365c8620cd5\n"
            "PRIORITY=4\n"
            "SYSLOG_IDENTIFIER=rolloutd\n"
            "ROLLOUTD_EVENT=api.recovered\n"
            "ROLLOUTD_ACCOUNT=main\n"
            "ROLLOUTD_WORKER=shop\n"
            "ROLLOUTD_RUN_ID=r-1\n"
            "ROLLOUTD_GENERATION=1\n"
            "ROLLOUTD_DRY_RUN=0\n"
            "ROLLOUTD_DURATION_MS=660000\n");
}

TEST_F(Journald, TakesAFieldOfSeveralLinesByItsLength) {
  sink(make_journal_output(path_))->emit(event_of(SourceUnreadable{"/a\nMESSAGE=b", "c"}));
  EXPECT_TRUE(heard().contains("ROLLOUTD_ROOT\n\x0c\0\0\0\0\0\0\0/a\nMESSAGE=b\n"s));
}

TEST_F(Journald, TakesALongTextCutShort) {
  sink(make_journal_output(path_))
      ->emit(event_of(SourceUnreadable{std::string(100000, 'a'), std::string(100000, 'b')}));
  const std::string text = heard();
  EXPECT_GT(text.size(), 2 * 16384U);
  EXPECT_LT(text.size(), 3 * 16384U);
}

TEST_F(Journald, IsNotShownASecret) {
  sink(make_journal_output(path_))->emit(leak());
  const std::string text = heard();
  EXPECT_FALSE(text.contains("canary")) << text;
  EXPECT_TRUE(text.contains("ROLLOUTD_REASON=[redacted]\n")) << text;
}

// Fault 66: a journald that has stopped reading must not stop a lane.
TEST_F(Journald, IsNotWaitedFor) {
  const auto output = make_journal_output(path_);
  const EventRecord record = describe(event_of(ApiRecovered{11min}));
  int taken = 0;
  while (taken < 100000 && output->put(record, {})) ++taken;
  EXPECT_GT(taken, 0);
  EXPECT_LT(taken, 100000);
  EXPECT_FALSE(heard().empty());
  EXPECT_TRUE(output->put(record, {})) << "there is room again";
}

TEST(LineWriter, DoesNotWaitForAReaderAndKeepsLinesWhole) {
  Pipe pipe;
  LineWriter writer(pipe.writing());
  const std::string line = std::string(9999, 'x') + "\n";
  int taken = 0;
  while (taken < 1000 && writer.write(line)) ++taken;
  EXPECT_GT(taken, 1);
  EXPECT_LT(taken, 1000);
  std::string text = pipe.read_all();
  EXPECT_TRUE(writer.write("the end\n"));
  text += pipe.read_all();
  EXPECT_EQ(text.size(), static_cast<std::size_t>(taken) * line.size() + 8);
  EXPECT_TRUE(text.ends_with("x\nthe end\n"));
}

TEST(LineWriter, LosesLinesOnADescriptorThatIsGone) {
  LineWriter writer(-1);
  EXPECT_FALSE(writer.write("a\n"));
}

TEST(OutputFor, WritesJsonToAPipe) {
  Pipe pipe;
  output_for(pipe.writing())->put(describe(event_of(WatchOverflow{})), {});
  EXPECT_TRUE(pipe.read_all().starts_with("{"));
}

TEST(OutputFor, ColoursLinesOnATerminalUnlessAskedNotTo) {
  int master = -1;
  int slave = -1;
  ASSERT_EQ(openpty(&master, &slave, nullptr, nullptr, nullptr), 0);
  fcntl(master, F_SETFL, O_NONBLOCK);
  setenv("TERM", "xterm", 1);
  unsetenv("NO_COLOR");
  output_for(slave)->put(describe(event_of(WatchOverflow{})), {});
  EXPECT_TRUE(drain(master).contains("\x1b["));
  setenv("NO_COLOR", "1", 1);
  output_for(slave)->put(describe(event_of(WatchOverflow{})), {});
  const std::string plain = drain(master);
  EXPECT_TRUE(plain.contains("watch.overflow")) << plain;
  EXPECT_FALSE(plain.contains("\x1b[")) << plain;
  unsetenv("NO_COLOR");
  close(master);
  close(slave);
}

}  // namespace
}  // namespace rollout
