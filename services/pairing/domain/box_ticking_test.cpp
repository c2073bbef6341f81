#include "services/pairing/domain/box_ticking.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <set>
#include <vector>

#include "absl/strings/str_cat.h"
#include "libs/clock/clock.h"

namespace tonghu::pairing {
namespace {

using absl::CivilDay;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

absl::Time At(int day, int hour, int minute = 0) {
  return clock::StartOf(CivilDay(2026, 9, 1) + (day - 1)) + absl::Hours(hour) + absl::Minutes(minute);
}
HelpersContact Contact(const std::string& id, const std::string& child, ContactKind kind, absl::Time time,
                       std::string_view note = "") {
  return {id, child, kind, time, PlainText(note)};
}
HelpersContact Talk(const std::string& id, const std::string& child, absl::Time time, std::string_view note) {
  return Contact(id, child, ContactKind::kTalk, time, note);
}
HelpersContact Visit(const std::string& id, const std::string& child, absl::Time time) {
  return Contact(id, child, ContactKind::kHomeVisit, time);
}
constexpr char kSaid[] = "谈了学习和在家的情况，要按时完成作业。";

// "a:1+4" a doubtful contact and its reasons, in order.
std::vector<std::string> Found(const std::vector<HelpersContact>& contacts,
                               const std::vector<WindowContact>& windows = {}) {
  std::vector<std::string> found;
  for (const auto& [id, doubt] : DoubtsOf(contacts, windows)) {
    std::string reasons;
    for (int reason = 1; reason <= kDoubtReasons; ++reason) {
      if ((doubt.reasons & 1 << reason) != 0) absl::StrAppend(&reasons, reasons.empty() ? "" : "+", reason);
    }
    found.push_back(absl::StrCat(id, ":", reasons));
  }
  return found;
}

TEST(BoxTickingTest, WidthBlanksAndPunctuationMakeNoDifference) {
  EXPECT_EQ(PlainText("谈心：学习、生活 情况正常。"), PlainText("谈心:学习,生活情况正常"));
  EXPECT_EQ(PlainText("ＡＢＣ１２"), "abc12");
  EXPECT_EQ(PlainText("Abc　\n12 \t——……！？😀"), "abc12");
  EXPECT_EQ(PlainText(""), "");
  EXPECT_NE(PlainText("数学考了九十分"), PlainText("数学考了八十分"));
}

TEST(BoxTickingTest, TheSameTextForAnotherChildOrDay) {
  EXPECT_THAT(Found({Talk("a", "1", At(1, 10), kSaid), Talk("b", "2", At(1, 11), kSaid)}),
              ElementsAre("a:1", "b:1"));
  EXPECT_THAT(Found({Talk("a", "1", At(1, 10), kSaid),
                     Talk("b", "1", At(8, 10), "谈了学习和在家的情况 要按时完成作业")}),
              ElementsAre("a:1", "b:1"));
  EXPECT_THAT(
      Found({Talk("a", "1", At(1, 10), kSaid), Contact("b", "1", ContactKind::kHomeVisit, At(1, 17), kSaid)}),
      IsEmpty())
      << "one happening, recorded as two kinds";
  EXPECT_THAT(Found({Talk("a", "1", At(1, 10), kSaid), Talk("b", "2", At(36, 10), kSaid)}),
              ElementsAre("a:1", "b:1"));
  EXPECT_THAT(Found({Talk("a", "1", At(1, 10), kSaid), Talk("b", "2", At(36, 10, 1), kSaid)}), IsEmpty());
  EXPECT_THAT(Found({Talk("a", "1", At(1, 10), ""), Talk("b", "2", At(1, 11), "")}), IsEmpty())
      << "nothing was written";
  EXPECT_EQ(DoubtsOf({Talk("a", "1", At(1, 10), kSaid), Talk("b", "2", At(2, 11), kSaid),
                      Talk("c", "3", At(3, 11), kSaid), Talk("d", "3", At(3, 12), kSaid)},
                     {})["c"]
                .alike,
            2)
      << "not the other one of the same child and day";
}

TEST(BoxTickingTest, AClassContactIsOneText) {
  std::vector<HelpersContact> contacts;
  for (const char* child : {"1", "2", "3", "4", "5", "6"}) {
    contacts.push_back(Contact(child, child, ContactKind::kMeeting, At(1, 10), kSaid));
    contacts.back().in_group = true;
  }
  EXPECT_THAT(Found(contacts), IsEmpty());
  contacts.push_back(Talk("t", "1", At(2, 10), kSaid));
  EXPECT_THAT(Found(contacts), IsEmpty()) << "nor does it make another doubtful";
}

TEST(BoxTickingTest, AShortTextIsDoubtfulOnlyOfManyChildrenOnOneDay) {
  std::vector<HelpersContact> contacts;
  for (const char* child : {"1", "2", "3", "4"}) {
    contacts.push_back(Talk(absl::StrCat("a", child), child, At(1, 10), "一切正常。"));
    contacts.push_back(Talk(absl::StrCat("b", child), child, At(1, 16), "一切正常"));
    contacts.push_back(Talk(absl::StrCat("c", child), child, At(2, 10), "一切正常"));
  }
  EXPECT_THAT(Found(contacts), IsEmpty()) << "of four children, twice and on two days";
  contacts.push_back(Talk("z", "5", At(2, 10), "一切 正常"));
  EXPECT_THAT(Found(contacts), ElementsAre("c1:1", "c2:1", "c3:1", "c4:1", "z:1"));
  EXPECT_EQ(DoubtsOf(contacts, {})["z"].alike, 4);
}

TEST(BoxTickingTest, VisitsFasterThanAnyoneCanWalk) {
  std::vector<HelpersContact> visits = {Visit("a", "1", At(1, 10)), Visit("b", "2", At(1, 10, 14)),
                                        Visit("c", "3", At(1, 10, 28))};
  EXPECT_THAT(Found(visits), IsEmpty()) << "they may be brothers and sisters";
  visits.push_back(Visit("d", "4", At(1, 10, 43)));
  EXPECT_THAT(Found(visits), IsEmpty()) << "a quarter of an hour is enough";
  visits.push_back(Visit("e", "4", At(1, 10, 42)));
  EXPECT_THAT(Found(visits), ElementsAre("a:2", "b:2", "c:2", "d:2", "e:2"));
  std::vector<HelpersContact> talks = visits;
  for (HelpersContact& talk : talks) talk.kind = ContactKind::kTalk;
  EXPECT_THAT(Found(talks), IsEmpty()) << "a class is where the helper is";
  for (HelpersContact& visit : visits) visit.in_group = true;
  EXPECT_EQ(Found(visits).size(), 5) << "a group of visits is no happening of one place";
}

TEST(BoxTickingTest, ImpossibleHours) {
  const auto at = [](ContactKind kind, int hour, int minute = 0, bool has_concerns = false) {
    HelpersContact contact = Contact("x", "1", kind, At(1, hour, minute));
    contact.has_concerns = has_concerns;
    return !Found({contact}).empty();
  };
  EXPECT_FALSE(at(ContactKind::kTalk, 21, 59));
  EXPECT_TRUE(at(ContactKind::kTalk, 22));
  EXPECT_TRUE(at(ContactKind::kHomeVisit, 5, 59));
  EXPECT_FALSE(at(ContactKind::kHomeVisit, 6));
  EXPECT_FALSE(at(ContactKind::kParentCall, 23, 59)) << "after the late shift";
  EXPECT_TRUE(at(ContactKind::kFamilyCall, 0));
  EXPECT_TRUE(at(ContactKind::kParentCall, 4, 59));
  EXPECT_FALSE(at(ContactKind::kParentCall, 5));
  EXPECT_FALSE(at(ContactKind::kLetter, 2));
  EXPECT_FALSE(at(ContactKind::kParentsHome, 2));
  EXPECT_FALSE(at(ContactKind::kHomeVisit, 2, 0, true)) << "somebody looked for the child at night";
}

// So many of a week's talks on Friday, so many before.
std::vector<WindowContact> Week(int friday, int before, int school_days = 5) {
  std::vector<WindowContact> week;
  for (int i = 0; i < friday + before; ++i) {
    const bool last = i < friday;
    week.push_back({absl::StrCat(last ? "f" : "m", i), DutyKind::kTalk, CivilDay(2026, 9, 7),
                    CivilDay(2026, 9, 11), school_days, CivilDay(2026, 9, last ? 11 + i % 3 : 8)});
  }
  return week;
}

TEST(BoxTickingTest, NearlyEverythingOnTheLastDay) {
  EXPECT_EQ(Found({}, Week(10, 0)).size(), 10) << "Friday or the days after it";
  EXPECT_THAT(Found({}, Week(9, 0)), IsEmpty());
  EXPECT_EQ(Found({}, Week(18, 2)).size(), 18) << "what was done before is not doubtful";
  EXPECT_THAT(Found({}, Week(17, 2)), IsEmpty());
  EXPECT_THAT(Found({}, Week(20, 0, 2)), IsEmpty()) << "two days have no last one to speak of";
  std::vector<WindowContact> twice = Week(5, 0);
  for (const WindowContact& one : Week(5, 0)) twice.push_back(one);
  EXPECT_THAT(Found({}, twice), IsEmpty()) << "a contact that does two duties is one";
  std::vector<WindowContact> kinds = Week(9, 0);
  for (WindowContact one : Week(9, 0)) {
    one.contact_id += "p";
    one.kind = DutyKind::kParentCall;
    kinds.push_back(one);
  }
  EXPECT_THAT(Found({}, kinds), IsEmpty()) << "each kind has its own windows";
}

TEST(BoxTickingTest, WhatWasDismissedStaysSoUntilTheContactIsCorrected) {
  const KnownDoubt dismissed{BitOf(DoubtReason::kSameText), BitOf(DoubtReason::kSameText), 1};
  EXPECT_FALSE(dismissed.Stands());
  EXPECT_FALSE(LookAgain(dismissed, BitOf(DoubtReason::kSameText), 1).Stands());
  const KnownDoubt gone = LookAgain(dismissed, 0, 1);
  EXPECT_FALSE(LookAgain(gone, BitOf(DoubtReason::kSameText), 1).Stands())
      << "also when it was gone meanwhile";
  EXPECT_TRUE(LookAgain(dismissed, BitOf(DoubtReason::kSameText) | BitOf(DoubtReason::kLastDay), 1).Stands())
      << "nobody has looked into that";
  EXPECT_TRUE(LookAgain(dismissed, BitOf(DoubtReason::kSameText), 2).Stands());
  EXPECT_EQ(LookAgain(dismissed, BitOf(DoubtReason::kSameText), 2).dismissed, 0);
}

// The rules once more, contact by contact and without bounds on work: each is held against all others.
DoubtReasons Judge(const std::vector<HelpersContact>& all, const HelpersContact& one) {
  DoubtReasons reasons = 0;
  const auto day = [](const HelpersContact& contact) {
    return (absl::ToUnixSeconds(contact.happen_time) + 8 * 3600) / 86400;
  };
  const auto minutes = [](const HelpersContact& contact) {
    return absl::ToUnixSeconds(contact.happen_time) / 60;
  };
  // Text.
  std::set<std::string> of_day;
  for (const HelpersContact& other : all) {
    if (one.in_group || other.in_group || one.text != other.text || one.text.empty()) continue;
    const bool is_short = one.text.size() < 8;  // the texts below are ASCII
    if (is_short && day(other) == day(one)) of_day.insert(other.child_id);
    const bool is_elsewhere = other.child_id != one.child_id || day(other) != day(one);
    if (!is_short && is_elsewhere && std::abs(minutes(other) - minutes(one)) <= 35 * 24 * 60)
      reasons |= 1 << 1;
  }
  if (of_day.size() >= 5) reasons |= 1 << 1;
  // Visits: what is reached from this one by steps of less than a quarter of an hour.
  const auto is_visit = [](const HelpersContact& c) {
    return c.kind == ContactKind::kHomeVisit || c.kind == ContactKind::kGuardianVisit;
  };
  if (is_visit(one)) {
    std::set<const HelpersContact*> reached = {&one};
    for (size_t before = 0; before != reached.size();) {
      before = reached.size();
      for (const HelpersContact& other : all) {
        const bool near = std::any_of(reached.begin(), reached.end(), [&](const HelpersContact* from) {
          return std::abs(minutes(*from) - minutes(other)) < 15;
        });
        if (is_visit(other) && near) reached.insert(&other);
      }
    }
    std::set<std::string> children;
    for (const HelpersContact* visit : reached) children.insert(visit->child_id);
    if (children.size() > 3) reasons |= 1 << 2;
  }
  // Hours.
  const int64_t hour = (absl::ToUnixSeconds(one.happen_time) + 8 * 3600) % 86400 / 3600;
  static const std::set<int> face_to_face = {1, 2, 4, 7, 8, 10}, calls = {3, 5};
  const int kind = static_cast<int>(one.kind);
  if (!one.has_concerns &&
      ((face_to_face.contains(kind) && (hour < 6 || hour > 21)) || (calls.contains(kind) && hour < 5)))
    reasons |= 1 << 4;
  return reasons;
}

rc::Gen<std::vector<HelpersContact>> SomeContacts() {
  return rc::gen::exec([] {
    const int count = *rc::gen::inRange(0, 40);
    const int spread = *rc::gen::element(30, 60 * 24, 60 * 24 * 60);  // minutes
    std::vector<HelpersContact> contacts;
    for (int i = 0; i < count; ++i) {
      contacts.push_back({absl::StrCat("c", i), absl::StrCat(*rc::gen::inRange(0, 8)),
                          static_cast<ContactKind>(*rc::gen::inRange(1, 12)),
                          At(1, 0) + absl::Minutes(*rc::gen::inRange(0, spread)),
                          *rc::gen::element<std::string>("", "fine", "fine7ch", "exactly8", "alongertext"),
                          *rc::gen::inRange(0, 5) == 0, *rc::gen::inRange(0, 5) == 0});
    }
    return contacts;
  });
}

TEST(BoxTickingTest, WhatIsFoundIsWhatHoldingEachAgainstAllFinds) {
  EXPECT_TRUE(rc::check([] {
    const auto contacts = *SomeContacts();
    const auto found = DoubtsOf(contacts, {});
    for (const HelpersContact& one : contacts) {
      const auto doubt = found.find(one.contact_id);
      RC_ASSERT((doubt == found.end() ? 0 : doubt->second.reasons) == Judge(contacts, one));
    }
  }));
}

TEST(BoxTickingTest, TheOrderOfReportsMakesNoDifference) {
  EXPECT_TRUE(rc::check([] {
    auto contacts = *SomeContacts();
    auto windows = Week(*rc::gen::inRange(0, 14), *rc::gen::inRange(0, 3));
    const auto found = DoubtsOf(contacts, windows);
    const auto order = *rc::gen::container<std::vector<int>>(64, rc::gen::arbitrary<int>());
    const auto shuffle = [&](auto& rows) {
      for (size_t i = 1; i < rows.size(); ++i)
        std::swap(rows[i], rows[static_cast<unsigned>(order[i % 64]) % (i + 1)]);
    };
    shuffle(contacts);
    shuffle(windows);
    RC_ASSERT(DoubtsOf(contacts, windows) == found);
  }));
}

// What is out of reach of a contact has nothing to do with it, so that a look may leave it out.
TEST(BoxTickingTest, WhatIsOutOfReachMakesNoDifference) {
  EXPECT_TRUE(rc::check([] {
    const auto contacts = *SomeContacts();
    const absl::Time since = At(*rc::gen::inRange(1, 60), 12);
    std::vector<HelpersContact> read;
    for (const HelpersContact& one : contacts) {
      if (one.happen_time >= since - kSameTextReach) read.push_back(one);
    }
    auto all = DoubtsOf(contacts, {}), some = DoubtsOf(read, {});
    for (const HelpersContact& one : contacts) {
      if (one.happen_time < since) continue;
      RC_ASSERT(all[one.contact_id].reasons == some[one.contact_id].reasons);
    }
  }));
}

}  // namespace
}  // namespace tonghu::pairing
