#include "libs/config/config.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>

#include "absl/strings/str_cat.h"

namespace tonghu::config {
namespace {

Reader Parsed(std::string_view text) {
  auto reader = Reader::Parse(text);
  EXPECT_TRUE(reader.ok()) << reader.status();
  return std::move(*reader);
}

TEST(ConfigTest, ReadsEveryType) {
  Reader reader =
      Parsed("name = 'a'\n[nats]\nurl = \"nats://x\"\nwindow = 7\nwait = \"250ms\"\ntls = true\n");
  EXPECT_EQ(reader.String("name"), "a");
  EXPECT_EQ(reader.String("nats.url", ""), "nats://x");
  EXPECT_EQ(reader.Int("nats.window", 1, 1, 10), 7);
  EXPECT_EQ(reader.Duration("nats.wait", absl::Seconds(1), absl::ZeroDuration(), absl::Seconds(5)),
            absl::Milliseconds(250));
  EXPECT_TRUE(reader.Bool("nats.tls", false));
  EXPECT_TRUE(reader.Finish().ok()) << reader.Finish();
}

TEST(ConfigTest, DefaultsStandIn) {
  Reader reader = Parsed("");
  EXPECT_EQ(reader.String("a", "x"), "x");
  EXPECT_EQ(reader.Int("b", 3, 1, 5), 3);
  EXPECT_TRUE(reader.Bool("c", true));
  EXPECT_EQ(reader.Duration("d", absl::Seconds(2), absl::ZeroDuration(), absl::Seconds(5)), absl::Seconds(2));
  EXPECT_TRUE(reader.Keys("e").empty());
  EXPECT_TRUE(reader.Finish().ok());
}

TEST(ConfigTest, UnknownKeysAreRefusedInOrder) {
  Reader reader = Parsed("zebra = 1\nknown = 1\n[empty]\n[nats]\nulr = 'typo'\nlist = [1, 2]\n");
  reader.Int("known", 0, 0, 9);
  EXPECT_EQ(reader.Finish().message(), "unknown settings: empty, nats.list, nats.ulr, zebra");
}

TEST(ConfigTest, KeysOfATableAreListedButNotTakenAsRead) {
  Reader reader = Parsed("[peers]\nregistry = 'a'\nalerts = 'b'\n");
  EXPECT_EQ(reader.Keys("peers"), (std::vector<std::string>{"alerts", "registry"}));
  reader.String("peers.alerts");
  EXPECT_EQ(reader.Finish().message(), "unknown settings: peers.registry");
}

TEST(ConfigTest, TheFirstFaultIsKeptAndDefaultsFollow) {
  Reader reader = Parsed("shards = 100\nname = 'a'\n");
  EXPECT_EQ(reader.Int("shards", 8, 1, 64), 8);
  EXPECT_EQ(reader.String("name", "z"), "z");
  EXPECT_EQ(reader.String("missing"), "");
  EXPECT_EQ(reader.Finish().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(reader.Finish().message(), "shards (line 1) must be a whole number from 1 to 64, not 100");
}

TEST(ConfigTest, FaultsNameWhatIsWantedButNotTheValue) {
  const auto fault = [](std::string_view text, auto read) {
    Reader reader = Parsed(text);
    read(reader);
    return std::string(reader.Finish().message());
  };
  EXPECT_EQ(fault("", [](Reader& r) { r.String("a.b"); }), "a.b is missing");
  EXPECT_EQ(fault("a = ''", [](Reader& r) { r.String("a"); }), "a (line 1) must not be empty");
  EXPECT_EQ(fault("a = 1", [](Reader& r) { r.String("a"); }), "a (line 1) must be text in quotes");
  EXPECT_EQ(fault("a = 1", [](Reader& r) { r.String("a", ""); }), "a (line 1) must be text in quotes");
  EXPECT_EQ(fault("a = 1", [](Reader& r) { r.Bool("a", false); }), "a (line 1) must be true or false");
  EXPECT_EQ(fault("a = 1", [](Reader& r) { r.Keys("a"); }), "a (line 1) must be a table");
  EXPECT_EQ(fault("a = 'secret'", [](Reader& r) { r.Int("a", 0, 0, 9); }),
            "a (line 1) must be a whole number from 0 to 9");
  const auto wait = [](Reader& r) {
    r.Duration("a", absl::Seconds(1), absl::Milliseconds(1), absl::Seconds(5));
  };
  for (const char* text : {"a = 5", "a = '5'", "a = '6s'", "a = '-1s'", "a = 'inf'", "a = ''"}) {
    EXPECT_EQ(fault(text, wait), "a (line 1) must be a time such as \"250ms\" or \"5s\", from 1ms to 5s")
        << text;
  }
}

TEST(ConfigTest, BadTomlNamesLineAndColumn) {
  const auto reader = Reader::Parse("a = 1\nb = = 2\n");
  EXPECT_EQ(reader.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(reader.status().message().find("line 2, column"), std::string::npos) << reader.status();
  EXPECT_FALSE(Reader::Parse("a = 1\na = 2\n").ok()) << "a key given twice";
  EXPECT_FALSE(Reader::Parse("a = '\xff'\n").ok()) << "not UTF-8";
}

TEST(ConfigTest, FilesAreNamedInErrors) {
  EXPECT_EQ(Reader::Open("/nowhere/x.toml").status().code(), absl::StatusCode::kNotFound);
  EXPECT_FALSE(Reader::Open(testing::TempDir()).ok()) << "a folder";
  const std::string path = absl::StrCat(testing::TempDir(), "/config-", ::getpid(), ".toml");
  std::ofstream(path) << "b = 1\n";
  auto reader = Reader::Open(path);
  ASSERT_TRUE(reader.ok()) << reader.status();
  EXPECT_EQ(reader->Finish().message(), path + ": unknown settings: b");
  std::remove(path.c_str());
}

}  // namespace
}  // namespace tonghu::config
