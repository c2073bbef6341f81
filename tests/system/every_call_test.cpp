// Every RPC of every service is called on a real stack: with what it is for (every_call.json), with nothing,
// and with nonsense. A new RPC fails this test until the story calls it.
#include <gmock/gmock.h>
#include <google/protobuf/stubs/logging.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <fstream>
#include <limits>
#include <map>
#include <set>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "libs/fleet/quiet.h"
#include "libs/refusal/refusal.h"
#include "libs/totp/totp.h"
#include "tests/system/named_calls.h"

namespace tonghu::system_test {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;
using nlohmann::json;

const absl::Time kStart = absl::FromCivil(absl::CivilHour(2026, 9, 2, 10), clock::China());

// One stack for all: the story changes only its own county.
class EveryCallTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    auto stack = harness::Stack::Up({.start = kStart});
    ASSERT_TRUE(stack.ok()) << stack.status();
    stack_ = std::move(*stack);
    calls_ = std::make_unique<NamedCalls>(*stack_);
  }
  static void TearDownTestSuite() {
    calls_.reset();
    stack_.reset();
  }
  void SetUp() override { ASSERT_NE(calls_, nullptr); }

  static NamedCalls& calls() { return *calls_; }
  static absl::Status Quiet() { return fleet::Quiet(stack_->endpoints()).Wait(kStart, absl::Seconds(60)); }

 private:
  static inline std::unique_ptr<harness::Stack> stack_;
  static inline std::unique_ptr<NamedCalls> calls_;
};

// The story's names for what earlier answers gave: "${child}".
class Kept {
 public:
  void Keep(const json& wanted, const json& answer) {
    for (const auto& [name, pointer] : wanted.items())
      values_[absl::StrCat("${", name, "}")] = answer.at(json::json_pointer(pointer)).get<std::string>();
  }
  // `value` with kept values put in, and what "base64:…", "totp:…" (the one-time code of a secret in Base32)
  // and "hence:…" (the time so many seconds from now) stand for.
  json Filled(const json& value) const {
    if (value.is_string()) {
      const std::string text = absl::StrReplaceAll(value.get<std::string>(), values_);
      if (absl::StartsWith(text, "base64:")) return absl::Base64Escape(text.substr(7));
      if (absl::StartsWith(text, "totp:")) return totp::CodeAt(totp::FromBase32(text.substr(5)), absl::Now());
      if (absl::StartsWith(text, "hence:")) {
        const absl::Time then = absl::Now() + absl::Seconds(std::stoi(text.substr(6)));
        return absl::FormatTime(absl::RFC3339_sec, then, absl::UTCTimeZone());
      }
      return text;
    }
    json filled = value;
    if (value.is_structured()) {
      for (auto& item : filled) item = Filled(item);
    }
    return filled;
  }

 private:
  std::map<std::string, std::string> values_;
};

// Where `answer` lacks what is `expected` of it; empty: nowhere. "*" stands for anything that is not empty.
std::string Difference(const json& expected, const json& answer, const std::string& place = "") {
  if (expected == "*") return answer.is_null() || answer.empty() ? absl::StrCat(place, " is empty") : "";
  if (expected.is_array()) {
    if (!answer.is_array() || answer.size() != expected.size())
      return absl::StrCat(place, " is ", answer.dump(), ", not of ", expected.size());
    for (size_t i = 0; i < expected.size(); ++i) {
      if (auto found = Difference(expected[i], answer[i], absl::StrCat(place, "/", i)); !found.empty())
        return found;
    }
    return "";
  }
  if (!expected.is_object())
    return expected == answer ? "" : absl::StrCat(place, " is ", answer.dump(), ", not ", expected.dump());
  for (const auto& [name, value] : expected.items()) {
    const json part = answer.is_object() && answer.contains(name) ? answer[name] : json();
    if (auto found = Difference(value, part, absl::StrCat(place, "/", name)); !found.empty()) return found;
  }
  return "";
}

// Plays one step of the story; gives the name of the method called, empty when none was.
std::string Play(NamedCalls& calls, const json& step, Kept& kept) {
  const std::string name = step.at("call");
  const MethodDescriptor* method = calls.Find(name);
  EXPECT_NE(method, nullptr) << name;
  if (method == nullptr) return "";
  json requests = kept.Filled(step.value("requests", json::array()));
  if (step.contains("request")) requests.push_back(kept.Filled(step["request"]));
  std::vector<std::unique_ptr<Message>> messages;
  NamedCalls::Call call{.method = method};
  for (const json& request : requests) {
    messages.push_back(calls.NewRequest(*method));
    const auto read = google::protobuf::util::JsonStringToMessage(request.dump(), messages.back().get());
    EXPECT_TRUE(read.ok()) << name << ": " << read.ToString();
    call.requests.push_back(messages.back().get());
  }
  if (step.contains("meanwhile")) call.started = [&] { Play(calls, step["meanwhile"], kept); };
  const auto answers = calls.Make(call);
  if (step.contains("refused")) {
    EXPECT_EQ(refusal::Of(answers.status()).reason, step["refused"].get<std::string>()) << name;
    return method->full_name();
  }
  EXPECT_TRUE(answers.ok()) << name << ": " << answers.status();
  if (!answers.ok()) return "";
  EXPECT_EQ(answers->size(), 1u) << name;
  if (answers->empty()) return "";
  const json& answer = answers->front();
  EXPECT_EQ(Difference(kept.Filled(step.value("answer", json::object())), answer), "")
      << name << " gave " << answer.dump();
  kept.Keep(step.value("keep", json::object()), answer);
  return method->full_name();
}

TEST_F(EveryCallTest, EveryRpcDoesWhatItIsFor) {
  std::ifstream file("tests/system/every_call.json");
  const json story = json::parse(file);
  Kept kept;
  std::set<std::string> called;
  for (const json& step : story) {
    ASSERT_TRUE(Quiet().ok());  // what was said before has come everywhere
    called.insert(Play(calls(), step, kept));
    if (step.contains("meanwhile")) called.insert(calls().Find(step["meanwhile"]["call"])->full_name());
    if (HasFatalFailure()) return;
  }
  for (const MethodDescriptor* method : calls().methods())
    EXPECT_TRUE(called.contains(method->full_name())) << "no test calls " << method->full_name();
}

// What the fields of a nonsensical request hold.
struct Nonsense {
  std::string text;
  int64_t number;
};

void Fill(Message& message, const Nonsense& nonsense, int depth = 0);

void FillField(Message& message, const FieldDescriptor& field, const Nonsense& nonsense, int depth) {
  const auto* reflection = message.GetReflection();
  const auto number32 = static_cast<int32_t>(nonsense.number);
  const bool many = field.is_repeated();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      many ? reflection->AddString(&message, &field, nonsense.text)
           : reflection->SetString(&message, &field, nonsense.text);
      break;
    case FieldDescriptor::CPPTYPE_INT32:
      many ? reflection->AddInt32(&message, &field, number32)
           : reflection->SetInt32(&message, &field, number32);
      break;
    case FieldDescriptor::CPPTYPE_INT64:
      many ? reflection->AddInt64(&message, &field, nonsense.number)
           : reflection->SetInt64(&message, &field, nonsense.number);
      break;
    case FieldDescriptor::CPPTYPE_BOOL:
      if (!many) reflection->SetBool(&message, &field, true);
      break;
    case FieldDescriptor::CPPTYPE_ENUM:
      many ? reflection->AddEnumValue(&message, &field, number32)
           : reflection->SetEnumValue(&message, &field, number32);
      break;
    case FieldDescriptor::CPPTYPE_MESSAGE:
      if (depth < 4) {
        Fill(many ? *reflection->AddMessage(&message, &field) : *reflection->MutableMessage(&message, &field),
             nonsense, depth + 1);
      }
      break;
    default:
      FAIL() << "fill " << field.full_name();
  }
}

void Fill(Message& message, const Nonsense& nonsense, int depth) {
  for (int i = 0; i < message.GetDescriptor()->field_count(); ++i)
    FillField(message, *message.GetDescriptor()->field(i), nonsense, depth);
}

const Nonsense kNonsense[] = {
    {"", 0},
    {"'); DROP TABLE child; -- %s%n ${HOME} \xE2\x80\xAE", -1},
    {"counties/520203", std::numeric_limits<int64_t>::max()},
    {"counties/520203/children/nobody", std::numeric_limits<int64_t>::min()},
    {"counties/520203/schools/none", 1},
    {"counties/-", 253402300800},
    {"\xFF\xFE", 7},
    {"2026-09-02", 99},
};

// A fault is ours: it is neither the caller's nor the moment's.
bool IsOurs(const absl::Status& status) {
  return absl::IsInternal(status) || absl::IsUnknown(status) || absl::IsDataLoss(status) ||
         absl::IsUnimplemented(status) || absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status);
}

TEST_F(EveryCallTest, NonsenseIsTheCallersFaultAndSaysSoInChinese) {
  const google::protobuf::LogSilencer quiet;  // the library complains of the text that is no UTF-8
  for (const MethodDescriptor* method : calls().methods()) {
    for (const Nonsense& nonsense : kNonsense) {
      auto request = calls().NewRequest(*method);
      if (!nonsense.text.empty() || nonsense.number != 0) Fill(*request, nonsense);
      const std::string what = absl::StrCat(method->full_name(), " with ", absl::CHexEscape(nonsense.text),
                                            " and ", nonsense.number);
      const auto answers = calls().Make(
          {.method = method, .requests = {request.get()}, .answers = method->server_streaming() ? 0 : 1});
      if (answers.ok()) continue;
      EXPECT_FALSE(IsOurs(answers.status())) << what << ": " << answers.status();
      EXPECT_NE(refusal::Of(answers.status()).message_zh, "") << what << ": " << answers.status();
    }
  }
}

}  // namespace
}  // namespace tonghu::system_test
