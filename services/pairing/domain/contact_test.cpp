#include "services/pairing/domain/contact.h"

#include <gtest/gtest.h>

#include "libs/clock/clock.h"
#include "libs/refusal/refusal.h"
#include "tonghu/pairing/v1/contact_service.pb.h"

namespace tonghu::pairing {
namespace {

const absl::Time kMonday = absl::FromCivil(absl::CivilDay(2026, 9, 7), clock::China());
const absl::Time kNow = kMonday + absl::Hours(24 * 9 + 10);  // Wednesday of the week after

Contact TalkAt(absl::Time happened) { return {"child", "teacher", ContactKind::kTalk, happened, "一切正常"}; }

std::string Reason(const absl::Status& status) { return refusal::Of(status).reason; }

TEST(CheckContactTest, Refusals) {
  const PairedSpan always{"line", "teacher", kMonday - absl::Hours(24 * 90)};
  const PairedSpan anothers{"line", "another", kMonday - absl::Hours(24 * 90)};
  EXPECT_TRUE(CheckContact(TalkAt(kMonday), {always}, kNow).ok());
  EXPECT_EQ(Reason(CheckContact(TalkAt(kNow + absl::Minutes(3)), {always}, kNow)), "HAPPEN_TIME_IN_FUTURE");
  EXPECT_TRUE(CheckContact(TalkAt(kNow + absl::Minutes(1)), {always}, kNow).ok()) << "clocks differ a little";
  EXPECT_EQ(Reason(CheckContact(TalkAt(kNow - absl::Hours(24 * 61)), {always}, kNow)), "HAPPEN_TIME_TOO_OLD");
  EXPECT_EQ(Reason(CheckContact(TalkAt(absl::InfinitePast()), {always}, kNow)), "HAPPEN_TIME_MISSING");
  EXPECT_EQ(Reason(CheckContact(TalkAt(kMonday), {}, kNow)), "NOT_PAIRED");
  EXPECT_EQ(Reason(CheckContact(TalkAt(kMonday), {anothers}, kNow)), "NOT_PAIRED");
  EXPECT_EQ(
      Reason(CheckContact(TalkAt(kMonday), {PairedSpan{"line", "teacher", kMonday + absl::Hours(30)}}, kNow)),
      "NOT_PAIRED");
  EXPECT_EQ(Reason(CheckContact(
                TalkAt(kMonday),
                {PairedSpan{"line", "teacher", kMonday - absl::Hours(99), kMonday - absl::Hours(1)}}, kNow)),
            "NOT_PAIRED");
  Contact contact = TalkAt(kMonday);
  contact.kind = static_cast<ContactKind>(0);
  EXPECT_EQ(Reason(CheckContact(contact, {always}, kNow)), "CONTACT_KIND_MISSING");
  contact.kind = static_cast<ContactKind>(v1::ContactKind_MAX + 1);
  EXPECT_EQ(Reason(CheckContact(contact, {always}, kNow)), "CONTACT_KIND_MISSING");
  for (int kind = 1; kind <= v1::ContactKind_MAX; ++kind) {
    contact.kind = static_cast<ContactKind>(kind);
    EXPECT_TRUE(CheckContact(contact, {always}, kNow).ok()) << v1::ContactKind_Name(kind);
  }
  contact = TalkAt(kMonday);
  for (int i = 0; i < 2000; ++i) contact.note += "好";
  EXPECT_EQ(Reason(CheckContact(contact, {always}, kNow)), "NOTE_TOO_LONG");
}

TEST(CheckContactTest, Together) {
  const std::vector<PairedSpan> spans = {
      {"line", "teacher", kMonday - absl::Hours(24 * 90)},
      {"m", "proxy", kMonday - absl::Hours(24 * 90)},
      {"n", "former", kMonday - absl::Hours(99), kMonday - absl::Hours(1)}};
  const auto why = [&](std::vector<std::string> others) {
    Contact contact = TalkAt(kMonday);
    contact.together_with = std::move(others);
    const refusal::Refusal refused = refusal::Of(CheckContact(contact, spans, kNow));
    return refused.reason + " " + refused.field;
  };
  EXPECT_EQ(why({"proxy"}), " ");
  EXPECT_EQ(why({"proxy", "former"}), "NOT_PAIRED contact.together_with[1]");
  EXPECT_EQ(why({"proxy", "proxy"}), "TOGETHER_WITH_INVALID contact.together_with");
  EXPECT_EQ(why({"teacher"}), "TOGETHER_WITH_INVALID contact.together_with");
  EXPECT_EQ(why({"proxy", "b", "c", "d", "e", "f"}), "TOGETHER_WITH_INVALID contact.together_with");
}

TEST(CheckContactTest, Marks) {
  const PairedSpan always{"line", "teacher", kMonday - absl::Hours(24 * 90)};
  static_assert(kConcerns == v1::Concern_MAX);
  Contact contact = TalkAt(kMonday);
  for (int mood = 0; mood <= v1::Mood_MAX; ++mood) {
    contact.mood = static_cast<Mood>(mood);
    EXPECT_TRUE(CheckContact(contact, {always}, kNow).ok()) << v1::Mood_Name(mood);
  }
  for (const int mood : {-1, v1::Mood_MAX + 1}) {
    contact.mood = static_cast<Mood>(mood);
    EXPECT_EQ(Reason(CheckContact(contact, {always}, kNow)), "MOOD_UNKNOWN") << mood;
  }
  contact.mood = Mood::kLow;
  for (int concern = v1::Concern_MAX; concern >= 1; --concern) {
    contact.concerns.push_back(static_cast<Concern>(concern));
    EXPECT_TRUE(CheckContact(contact, {always}, kNow).ok()) << v1::Concern_Name(concern);
  }
  EXPECT_EQ(ConcernsOf(BitsOf(contact.concerns)),
            std::vector<Concern>(contact.concerns.rbegin(), contact.concerns.rend()));
  for (const int wrong : {-1, 0, v1::Concern_MAX + 1, 64, static_cast<int>(v1::CONCERN_SAFETY)}) {
    contact.concerns = {Concern::kSafety, static_cast<Concern>(wrong)};
    EXPECT_EQ(Reason(CheckContact(contact, {always}, kNow)), "CONCERNS_INVALID") << wrong;
  }
}

TEST(CheckChangeTest, WhoMayChangeWhatAndUntilWhen) {
  const ChangedContact contact{"teacher", 3, false, kNow - absl::Hours(24 * 60)};
  const ChangeAsked asked{"name", "counties/520324/staffMembers/teacher", 3, "记错"};
  EXPECT_TRUE(CheckChange(contact, asked, kNow).ok()) << "60 days";
  const auto refused = [&](auto change) {
    ChangedContact of = contact;
    ChangeAsked by = asked;
    change(of, by);
    const refusal::Refusal why = refusal::Of(CheckChange(of, by, kNow));
    return why.reason + " " + why.field;
  };
  EXPECT_EQ(refused([](auto&, auto& by) { by.reason = ""; }), "REASON_MISSING reason");
  const std::string longest(501, 'x');
  EXPECT_EQ(refused([&](auto&, auto& by) { by.reason = longest; }), "REASON_TOO_LONG reason");
  EXPECT_EQ(refused([](auto&, auto& by) { by.helper = "counties/520324/staffMembers/another"; }),
            "CONTACT_OF_ANOTHER helper");
  EXPECT_EQ(refused([](auto&, auto& by) { by.helper = ""; }), "CONTACT_OF_ANOTHER helper");
  EXPECT_EQ(refused([](auto&, auto& by) { by.version = 2; }), "CONTACT_CHANGED version");
  EXPECT_EQ(refused([](auto& of, auto&) { of.withdrawn = true; }), "CONTACT_WITHDRAWN name");
  EXPECT_EQ(refused([](auto& of, auto&) { of.happen_time -= absl::Microseconds(1); }),
            "CONTACT_TOO_OLD name");
  const auto many = [](auto& of, auto& by) { of.version = by.version = kMostVersions; };
  EXPECT_EQ(refused(many), "TOO_MANY_CHANGES name");
  EXPECT_EQ(refused([&](auto& of, auto& by) {
              many(of, by);
              by.withdraws = true;
            }),
            " ")
      << "what is wrong can always be taken back";
  EXPECT_EQ(refused([](auto& of, auto& by) { of.version = 9, by.version = 0; }), " ") << "whichever";
}

TEST(CheckContactTest, ADaysContactsCountFromItsBeginning) {
  EXPECT_TRUE(CheckContact(TalkAt(kMonday + absl::Hours(9)),
                           {PairedSpan{"line", "teacher", kMonday + absl::Hours(10)}}, kNow)
                  .ok());
}

}  // namespace
}  // namespace tonghu::pairing
