#include "services/gateway/domain/address.h"

#include <gtest/gtest.h>

namespace tonghu::gateway {
namespace {

TEST(NetworksTest, AddressesAndNetworks) {
  const auto networks = Networks::Parse("127.0.0.1, 10.16.0.0/12,fd00::/8");
  ASSERT_TRUE(networks.ok());
  EXPECT_TRUE(networks->Contains("127.0.0.1"));
  EXPECT_TRUE(networks->Contains("10.31.255.255"));
  EXPECT_TRUE(networks->Contains("fd12::1"));
  EXPECT_FALSE(networks->Contains("127.0.0.2"));
  EXPECT_FALSE(networks->Contains("10.32.0.0"));
  EXPECT_FALSE(networks->Contains("fe80::1"));
  EXPECT_FALSE(networks->Contains("nonsense"));
  for (const char* text : {"a", "10.0.0.0/33", "10.0.0.0/-1", "::/129", "10.0.0.0/x"})
    EXPECT_FALSE(Networks::Parse(text).ok()) << text;
}

TEST(ClientAddressTest, OnlyOurProxiesAreBelieved) {
  const Networks proxies = *Networks::Parse("10.0.0.0/8");
  EXPECT_EQ(ClientAddress("1.2.3.4", "9.9.9.9", proxies), "1.2.3.4");
  EXPECT_EQ(ClientAddress("10.0.0.1", "9.9.9.9, 1.2.3.4", proxies), "1.2.3.4");
  EXPECT_EQ(ClientAddress("10.0.0.1", "9.9.9.9, 1.2.3.4, 10.0.0.2", proxies), "1.2.3.4");
  EXPECT_EQ(ClientAddress("10.0.0.1", "", proxies), "10.0.0.1");
  EXPECT_EQ(ClientAddress("10.0.0.1", "1.1.1.1, <script>", proxies), "10.0.0.1");
  EXPECT_EQ(ClientAddress("::ffff:10.0.0.1", "1.2.3.4", proxies), "1.2.3.4");
}

TEST(ForeignTest, PagesOfOthersAreSeen) {
  const std::vector<std::string> allowed = {"https://dev.example:5173"};
  EXPECT_FALSE(IsForeign("https://a.gov.cn", "same-origin", "a.gov.cn", allowed));
  EXPECT_FALSE(IsForeign("https://dev.example:5173", "cross-site", "a.gov.cn", allowed));
  EXPECT_FALSE(IsForeign("", "", "a.gov.cn", allowed));
  EXPECT_TRUE(IsForeign("https://b.gov.cn", "", "a.gov.cn", allowed));
  EXPECT_TRUE(IsForeign("null", "", "a.gov.cn", allowed));
  EXPECT_TRUE(IsForeign("https://a.gov.cn.evil.cn", "", "a.gov.cn", allowed));
  EXPECT_TRUE(IsForeign("", "cross-site", "a.gov.cn", allowed));
  EXPECT_TRUE(IsForeign("", "same-site", "a.gov.cn", allowed));
}

}  // namespace
}  // namespace tonghu::gateway
