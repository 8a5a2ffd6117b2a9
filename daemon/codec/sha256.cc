// SPDX-License-Identifier: Apache-2.0
#include "daemon/codec/sha256.h"

#include <openssl/evp.h>

#include "daemon/core/model/ensure.h"

namespace rollout {

struct Sha256Stream::Context {
  Context() : digest(EVP_MD_CTX_new()) {
    ENSURE(digest != nullptr && EVP_DigestInit_ex(digest, EVP_sha256(), nullptr) == 1,
           "OpenSSL must offer SHA-256");
  }
  ~Context() { EVP_MD_CTX_free(digest); }
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  EVP_MD_CTX* digest;
};

Sha256Stream::Sha256Stream() : context_(std::make_unique<Context>()) {}
Sha256Stream::~Sha256Stream() = default;
Sha256Stream::Sha256Stream(Sha256Stream&&) noexcept = default;
Sha256Stream& Sha256Stream::operator=(Sha256Stream&&) noexcept = default;

void Sha256Stream::add(std::span<const std::byte> bytes) {
  ENSURE(EVP_DigestUpdate(context_->digest, bytes.data(), bytes.size()) == 1,
         "hashing cannot fail");
}

Sha256 Sha256Stream::finish() {
  Sha256::Raw raw{};
  unsigned size = 0;
  ENSURE(EVP_DigestFinal_ex(context_->digest, reinterpret_cast<unsigned char*>(raw.data()),
                            &size) == 1 &&
             size == raw.size(),
         "hashing cannot fail");
  return Sha256(raw);
}

Sha256 sha256(std::string_view text) {
  Sha256Stream stream;
  stream.add(std::as_bytes(std::span(text)));
  return stream.finish();
}

}  // namespace rollout
