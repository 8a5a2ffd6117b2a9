// SPDX-License-Identifier: Apache-2.0
// How an asset is named and typed, as wrangler does it.
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "daemon/codec/blake3.h"
#include "daemon/codec/media_types.h"

namespace rollout {
namespace {

struct Vector {
  std::size_t size;
  const char* hash;
};

/// The bytes 0 to 250 again and again, as the official test vectors have them.
std::vector<std::byte> input(std::size_t size) {
  std::vector<std::byte> out;
  for (std::size_t i = 0; i < size; ++i) out.push_back(static_cast<std::byte>(i % 251));
  return out;
}

class Blake3 : public testing::TestWithParam<Vector> {};

TEST_P(Blake3, IsThatOfTheOfficialVectors) {
  const auto bytes = input(GetParam().size);
  for (const std::size_t piece : {std::size_t{1} << 20, std::size_t{64}, std::size_t{1000}}) {
    Blake3Stream hash;
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
      hash.add(std::span(bytes).subspan(at, std::min(piece, bytes.size() - at)));
    }
    EXPECT_EQ(hash.finish(), GetParam().hash) << piece;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Sizes, Blake3,
    testing::Values(
        Vector{0, "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262"},
        Vector{1, "2d3adedff11b61f14c886e35afa036736dcd87a74d27b5c1510225d0f592e213"},
        Vector{63, "e9bc37a594daad83be9470df7f7b3798297c3d834ce80ba85d6e207627b7db7b"},
        Vector{64, "4eed7141ea4a5cd4b788606bd23f46e212af9cacebacdc7d1f4c6dc7f2511b98"},
        Vector{65, "de1e5fa0be70df6d2be8fffd0e99ceaa8eb6e8c93a63f2d8d1c30ecb6b263dee"},
        Vector{1023, "10108970eeda3eb932baac1428c7a2163b0e924c9a9e25b35bba72b28f70bd11"},
        Vector{1024, "42214739f095a406f3fc83deb889744ac00df831c10daa55189b5d121c855af7"},
        Vector{1025, "d00278ae47eb27b34faecf67b4fe263f82d5412916c1ffd97c8cb7fb814b8444"},
        Vector{2048, "e776b6028c7cd22a4d0ba182a8bf62205d2ef576467e838ed6f2529b85fba24a"},
        Vector{3073, "7124b49501012f81cc7f11ca069ec9226cecb8a2c850cfe644e327d22d3e1cd3"},
        Vector{5120, "9cadc15fed8b5d854562b26a9536d9707cadeda9b143978f319ab34230535833"},
        Vector{8193, "bab6c09cb8ce8cf459261398d2e7aef35700bf488116ceb94a36d0f5f1b7bc3b"},
        Vector{31744, "62b6960e1a44bcc1eb1a611a8d6235b6b4b78f32e7abc4fb4c6cdcce94895c47"},
        Vector{102400, "bc3e3d41a1146b069abffad3c0d44860cf664390afce4d9661f7902e7943e085"}),
    [](const auto& tested) { return std::to_string(tested.param.size); });

std::string asset_hash(std::string_view content, std::string_view extension) {
  AssetHash hash;
  for (const char& c : content) hash.add(std::as_bytes(std::span(&c, 1)));
  return hash.finish(extension);
}

TEST(AssetHash, IsThatOfWrangler) {
  // What wrangler's own hash gives for them.
  EXPECT_EQ(asset_hash("<h1>gr\xC3\xBC"
                       "ezi</h1>",
                       "html"),
            "60589ffbdf465ec7dfa64cf508df7092");
  EXPECT_EQ(asset_hash("", ""), "af1349b9f5f9a1a6a0404dea36dcc949");
  EXPECT_NE(asset_hash("a", "css"), asset_hash("a", "js"));
}

TEST(MediaType, IsByTheExtensionAndTextHasItsCharset) {
  EXPECT_EQ(media_type("index.html"), "text/html; charset=utf-8");
  EXPECT_EQ(media_type("a/b.css"), "text/css; charset=utf-8");
  EXPECT_EQ(media_type("app.mjs"), "text/javascript; charset=utf-8");
  EXPECT_EQ(media_type("data.json"), "application/json");
  EXPECT_EQ(media_type("add.wasm"), "application/wasm");
  EXPECT_EQ(media_type("PHOTO.JPG"), "image/jpeg");
  EXPECT_EQ(media_type("logo.svg"), "image/svg+xml");
  EXPECT_EQ(media_type("font.woff2"), "font/woff2");
  EXPECT_EQ(media_type("LICENSE"), std::nullopt);
  EXPECT_EQ(media_type("a.html/.css"), std::nullopt);
  EXPECT_EQ(media_type("file.unheard-of"), std::nullopt);
}

TEST(ExtensionOf, IsWhatFollowsTheLastDotOfAName) {
  EXPECT_EQ(extension_of("a.b/c.tar.gz"), "gz");
  EXPECT_EQ(extension_of(".profile"), "");
  EXPECT_EQ(extension_of("a.b/c"), "");
  EXPECT_EQ(extension_of("end."), "");
}

}  // namespace
}  // namespace rollout
