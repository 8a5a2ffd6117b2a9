// SPDX-License-Identifier: Apache-2.0
// Where a command talks: data on stdout, talk on stderr, questions and progress on a terminal only.
#pragma once

#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/codec/json.h"
#include "daemon/core/plan/config.h"

namespace rollout {

enum class Tone { plain, good, bad, careful, faint };

class Console final {
 public:
  struct Streams {
    std::ostream& out;
    std::ostream& err;
    std::istream& in;
    bool out_is_terminal = false;
    bool err_is_terminal = false;
    bool in_is_terminal = false;
  };
  enum class Loudness { quiet, normal, verbose };
  struct Manner {
    Loudness loudness = Loudness::normal;
    bool color = true;  ///< Used on a terminal only.
  };

  explicit Console(const Streams& streams) : streams_(streams) {}
  void set_manner(const Manner& manner) { manner_ = manner; }

  void print(std::string_view line);   ///< Data.
  void print_json(const Json& value);  ///< Data.
  void say(std::string_view line);     ///< Talk; not with `-q`.
  void detail(std::string_view line);  ///< Talk with `-v`.
  void error(std::string_view line);   ///< Always.
  void errors(const std::vector<ConfigError>& errors);

  /// What follows takes the place of what was printed on a terminal, and stands below it elsewhere.
  void begin_screen();
  /// Nothing that was printed is held back.
  void flush();

  /// One line of progress, replaced by the next; only where talk goes to a terminal.
  void progress(std::string_view line);
  void end_progress();

  /// Asks on a terminal; where there is none, nobody agrees.
  bool confirm(std::string_view question);

  /// `text` in the colour of `tone`, where data goes to a terminal.
  std::string paint(Tone tone, std::string_view text) const;

 private:
  Streams streams_;
  Manner manner_;
  bool progress_shown_ = false;
};

}  // namespace rollout
