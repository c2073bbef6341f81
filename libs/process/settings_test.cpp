#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "libs/process/process.h"

namespace tonghu::process {
namespace {

using testing::HasSubstr;

constexpr char kLeast[] =
    "service = 'pairing'\nreplica = 'pairing-1'\nlisten = '127.0.0.1:0'\nadmin_listen = '127.0.0.1:0'\n"
    "postgres.conninfo = 'dbname=x'\nnats.url = 'nats://127.0.0.1:4222'\ninsecure = true\n";

absl::StatusOr<Settings> Read(const std::string& text, Record record = Record::kKept) {
  auto reader = config::Reader::Parse(text);
  if (!reader.ok()) return reader.status();
  auto settings = ReadSettings(*reader, record);
  if (settings.ok() && !reader->Finish().ok()) return reader->Finish();
  return settings;
}

TEST(SettingsTest, TheLeastIsEnough) {
  const auto settings = Read(kLeast);
  ASSERT_TRUE(settings.ok()) << settings.status();
  EXPECT_EQ(settings->service, "pairing");
  EXPECT_EQ(settings->postgres, "dbname=x");
  EXPECT_EQ(settings->clock, "system");
  EXPECT_EQ(settings->shards, 8);
  EXPECT_FALSE(settings->reflection);
  EXPECT_EQ(settings->log_level, "info");
  EXPECT_TRUE(settings->peers.empty());
}

TEST(SettingsTest, AllOfThem) {
  const auto settings = Read(absl::StrCat(
      kLeast,
      "ready_file = '/r'\nclock = 'virtual:/c'\nreflection = true\nshards = 64\nlog_level = 'debug'\n"
      "redis.socket = '/s'\n[peers]\nregistry = '127.0.0.1:1,127.0.0.1:2'\nalerts = '[::1]:3'\n"));
  ASSERT_TRUE(settings.ok()) << settings.status();
  EXPECT_EQ(settings->ready_file, "/r");
  EXPECT_EQ(settings->clock, "virtual:/c");
  EXPECT_TRUE(settings->reflection);
  EXPECT_EQ(settings->shards, 64);
  EXPECT_EQ(settings->redis_socket, "/s");
  EXPECT_EQ(settings->peers.at("registry"), "127.0.0.1:1,127.0.0.1:2");
  EXPECT_EQ(settings->peers.at("alerts"), "[::1]:3");
}

TEST(SettingsTest, EachBoundIsHeld) {
  const auto fault = [](const std::string& more) {
    return std::string(Read(absl::StrCat(kLeast, more)).status().message());
  };
  EXPECT_THAT(fault("shards = 65\n"),
              HasSubstr("shards (line 8) must be a whole number from 1 to 64, not 65"));
  EXPECT_THAT(fault("shards = 0\n"), HasSubstr("from 1 to 64"));
  EXPECT_THAT(fault("clock = 'lunar'\n"), HasSubstr("clock must be"));
  EXPECT_THAT(fault("clock = 'virtual:'\n"), HasSubstr("clock must be"));
  EXPECT_THAT(fault("log_level = 'loud'\n"),
              HasSubstr("log_level must be debug, info, warn, error, not \"loud\""));
  EXPECT_THAT(fault("peers.registry = '127.0.0.1'\n"), HasSubstr("peers.registry must be host:port"));
  EXPECT_THAT(fault("peers.registry = '127.0.0.1:1,'\n"), HasSubstr("peers.registry"));
  EXPECT_THAT(fault("peers.registry = '127.0.0.1:0'\n"), HasSubstr("peers.registry"));
  EXPECT_THAT(fault("peers.registry = 1\n"), HasSubstr("peers.registry (line 8) must be text"));
  EXPECT_THAT(fault("shard = 8\n"), HasSubstr("unknown settings: shard"));
}

TEST(SettingsTest, WithoutCertificatesNothingStartsUnlessToldSo) {
  const std::string least =
      "service = 'gateway'\nreplica = 'gateway-1'\nlisten = '127.0.0.1:0'\nadmin_listen = '127.0.0.1:0'\n";
  const std::string tls = "tls.ca = '/ca'\ntls.certificate = '/c'\n";
  const auto settings = Read(least + tls + "identity.public_keys = '/keys'\n", Record::kNone);
  ASSERT_TRUE(settings.ok()) << settings.status();
  EXPECT_EQ(settings->tls_ca, "/ca");
  EXPECT_EQ(settings->tls_certificate, "/c");
  EXPECT_EQ(settings->identity_keys, "/keys");
  EXPECT_FALSE(settings->insecure);
  for (const std::string& text : {least, least + "tls.ca = '/ca'\n", least + tls + "insecure = true\n"}) {
    EXPECT_THAT(std::string(Read(text, Record::kNone).status().message()), HasSubstr("tls.certificate"))
        << text;
  }
  EXPECT_TRUE(Read(least + "insecure = true\n", Record::kNone).ok());
  EXPECT_THAT(std::string(Read(least + tls + "nats.url = 'x'\n", Record::kNone).status().message()),
              HasSubstr("unknown settings: nats.url"));
}

TEST(SettingsTest, EachRequiredKeyIsNamed) {
  EXPECT_EQ(Read("").status().message(), "service is missing");
  EXPECT_EQ(Read("service = 'a'").status().message(), "replica is missing");
}

TEST(SettingsTest, NamesAndAddressesAreChecked) {
  const auto with = [](const std::string& service, const std::string& listen) {
    return Read(absl::StrCat(
                    "service = '", service, "'\nreplica = 'a'\nlisten = '", listen,
                    "'\nadmin_listen = 'h:1'\npostgres.conninfo = 'x'\nnats.url = 'x'\ninsecure = true\n"))
        .status();
  };
  EXPECT_TRUE(with("pairing", "localhost:1").ok());
  for (const char* service : {"a.b", "a b", "-a", "*", "小"})
    EXPECT_THAT(std::string(with(service, "h:1").message()), HasSubstr("service must be"));
  for (const char* listen : {"h", ":1", "h:", "h:65536", "h:x", "h:-1"})
    EXPECT_THAT(std::string(with("a", listen).message()), HasSubstr("listen must be"));
}

}  // namespace
}  // namespace tonghu::process
