// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace rollout {

/// A CA and a server's certificate that it signed: `ca.pem`, `cert.pem` and `key.pem` in a
/// directory of the running test, gone with the object.
class TestCa final {
 public:
  explicit TestCa(const char* server_address = "IP:127.0.0.1");
  ~TestCa();
  TestCa(const TestCa&) = delete;
  TestCa& operator=(const TestCa&) = delete;

  std::string path(const char* name) const { return directory_ + "/" + name; }

 private:
  std::string directory_;
};

}  // namespace rollout
