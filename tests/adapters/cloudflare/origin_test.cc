// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/cloudflare/origin.h"

#include <gtest/gtest.h>

namespace rollout {
namespace {

TEST(ParseOrigin, TakesAnAddressApart) {
  const auto origin = parse_origin("https://api.cloudflare.com/client/v4/");
  ASSERT_TRUE(origin);
  EXPECT_EQ(origin->base, "https://api.cloudflare.com:443");
  EXPECT_EQ(origin->path, "/client/v4");
  EXPECT_TRUE(origin->tls);
  EXPECT_EQ(parse_origin("http://127.0.0.1:8787")->base, "http://127.0.0.1:8787");
  EXPECT_EQ(parse_origin("http://[::1]:8787/x")->base, "http://[::1]:8787");
  EXPECT_EQ(parse_origin("http://[::1]:8787/x")->host, "::1");
}

TEST(ParseOrigin, AllowsPlainHttpToLoopbackOnly) {
  for (const char* url : {"http://localhost", "http://127.1.2.3", "http://[::1]"}) {
    EXPECT_TRUE(parse_origin(url)) << url;
  }
  for (const char* url : {"http://example.com", "http://10.0.0.1", "http://127.0.0.1.example.com",
                          "http://[::2]", "http://localhost.example.com"}) {
    EXPECT_FALSE(parse_origin(url)) << url;
  }
}

TEST(ParseOrigin, RefusesWhatItDoesNotUnderstand) {
  for (const char* url : {"", "api.cloudflare.com", "https://", "https://h:0", "https://h:70000",
                          "https://h:x", "https://u:p@h", "https://h/?q", "https://h/#f",
                          "https://[::1", "https://[::1]x", "https://h\r\nX: y"}) {
    EXPECT_FALSE(parse_origin(url)) << url;
  }
}

TEST(ParseProxy, ReadsHostPortAndUser) {
  const auto proxy = parse_proxy("http://user:pa:ss@proxy.example.com:3128/");
  ASSERT_TRUE(proxy);
  EXPECT_EQ(proxy->host, "proxy.example.com");
  EXPECT_EQ(proxy->port, 3128);
  EXPECT_EQ(proxy->user, "user");
  EXPECT_EQ(proxy->password, "pa:ss");
  EXPECT_EQ(parse_proxy("proxy:8080")->port, 8080);
  for (const char* value : {"https://p", "socks5://p", "http://", "http://p/x"}) {
    EXPECT_FALSE(parse_proxy(value)) << value;
  }
}

TEST(PercentEncode, LeavesOnlyUnreservedCharacters) {
  EXPECT_EQ(percent_encode("Shop_api-1.2~x"), "Shop_api-1.2~x");
  EXPECT_EQ(percent_encode("a/b?c#d%\xC3\xA4 "), "a%2Fb%3Fc%23d%25%C3%A4%20");
}

}  // namespace
}  // namespace rollout
