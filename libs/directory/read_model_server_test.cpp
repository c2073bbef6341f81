// A service's read model of the directory in a real PostgreSQL, fed with the registry's events.
#include <gmock/gmock.h>

#include "libs/directory/lookup.h"
#include "libs/directory/migrations.h"
#include "libs/directory/read_model.h"
#include "libs/ids/ids.h"
#include "libs/journal/migrations.h"
#include "tests/harness/postgres_test.h"
#include "tonghu/registry/events/v1/registry_events.pb.h"

namespace tonghu::directory {
namespace {

namespace events = tonghu::registry::events::v1;
using testing::IsEmpty;
using testing::SizeIs;

constexpr char kCounty[] = "520324";
const Place kThree{"s1", "520324104", 3, 1}, kFour{"s1", "520324104", 4, 1},
    kElsewhere{"s2", "520324105", 4, 2};

template <class Message>
journal::Event Said(const std::string& type, const Message& message, const std::string& county = kCounty) {
  journal::Event event;
  event.producer = "registry";
  event.shard = 3;
  event.seq = 7;
  event.type = type;
  event.county = county;
  event.payload = message.SerializeAsString();
  return event;
}

journal::Event ChildPut(const std::string& id, const Place& place) {
  events::ChildPut put;
  put.set_child_id(id);
  put.set_school_id(place.school_id);
  put.set_township_code(place.township_code);
  put.set_grade(place.grade);
  put.set_class_number(place.class_number);
  return Said("child_put", put);
}

journal::Event SchoolPut(const std::string& id, const std::string& township) {
  events::SchoolPut put;
  put.set_school_id(id);
  put.set_township_code(township);
  return Said("school_put", put);
}

journal::Event StaffPut(const std::string& id, const std::string& name, const std::string& county = kCounty) {
  events::StaffPut put;
  put.set_staff_id(id);
  put.set_display_name(name);
  return Said("staff_put", put, county);
}

journal::Event PostPut(PostKind kind, const std::string& holder, const std::string& deputy,
                       const std::string& county = kCounty) {
  events::PostPut put;
  put.set_post_id(PostId(kind, kThree));
  put.set_kind(static_cast<int>(kind));
  if (kind == PostKind::kClassTeacher) {
    put.set_school_id(kThree.school_id);
    put.set_grade(kThree.grade);
    put.set_class_number(kThree.class_number);
  }
  put.set_holder_id(holder);
  put.set_holder_name(holder.empty() ? "" : "n-" + holder);
  put.set_deputy_id(deputy);
  put.set_deputy_name(deputy.empty() ? "" : "n-" + deputy);
  return Said("post_put", put, county);
}

class ReadModelTest : public harness::PostgresTest {
 protected:
  void SetUp() override {
    db_ = OpenWith({journal::Migrations(), Migrations()});
    ASSERT_NE(db_, nullptr);
    ASSERT_TRUE(db_->Script("TRUNCATE school, staff, left_staff, post, child, quarantine").ok());
  }

  // Applies what one transaction would.
  std::vector<Move> Hear(const std::vector<journal::Event>& heard) {
    Facts facts;
    for (const journal::Event& event : heard) EXPECT_TRUE(Add(event, facts).ok());
    auto moves = StoreAndFindMoves(*db_, facts);
    EXPECT_TRUE(moves.ok()) << moves.status();
    return moves.ok() ? *std::move(moves) : std::vector<Move>();
  }

  static std::string Id(const std::string& name) { return ids::Derived(name); }

  Places Children(const std::vector<std::string>& names) {
    std::vector<postgres::Key> keys;
    for (const std::string& name : names) keys.emplace_back(kCounty, Id(name));
    auto places = LoadChildren(*db_, keys);
    EXPECT_TRUE(places.ok()) << places.status();
    return places.ok() ? *std::move(places) : Places();
  }

  // Who answers for kThree; a '-' before the number of a deputy, "" when nobody does.
  std::string WhoAnswers(PostKind kind, const std::string& county = kCounty) {
    Lookup lookup;
    lookup.AddPlace(county, kThree);
    auto directories = lookup.Load(*db_);
    EXPECT_TRUE(directories.ok()) << directories.status();
    if (!directories.ok()) return "?";
    const Answer answer = directories->In(county).WhoAnswers(kind, kThree);
    if (answer.person == nullptr) return "";
    EXPECT_EQ(answer.person->name, "n-" + answer.person->id);
    return (answer.vacant ? "-" : "") + answer.person->id;
  }

  std::string ClassTeacher() {
    auto rows = db_->Run("SELECT holder_id FROM class_teacher WHERE school_id = 's1' AND grade = 3");
    EXPECT_TRUE(rows.ok()) << rows.status();
    return rows.ok() && rows->rows() == 1 ? rows->String(0, 0) : "?";
  }

  std::unique_ptr<postgres::Connection> db_;
};

TEST_F(ReadModelTest, WhatIsPutAgainReplacesWhatWasKnown) {
  Hear({SchoolPut("s1", "520324101"), StaffPut("t1", "张老师"), ChildPut(Id("c1"), kThree)});
  Hear({SchoolPut("s1", "520324102"), StaffPut("t1", "章老师"), ChildPut(Id("c1"), kFour)});
  EXPECT_EQ(Children({"c1", "c2"}), (Places{{{kCounty, Id("c1")}, kFour}}));
  auto schools = LoadSchools(*db_, {{kCounty, "s1"}, {kCounty, "s2"}, {"520203", "s1"}});
  ASSERT_TRUE(schools.ok()) << schools.status();
  EXPECT_EQ(*schools, (Places{{{kCounty, "s1"}, {"s1", "520324102"}}}));
  Lookup lookup;
  lookup.AddStaff(kCounty, "t1");
  lookup.AddStaff(kCounty, "nobody");
  auto directories = lookup.Load(*db_);
  ASSERT_TRUE(directories.ok()) << directories.status();
  EXPECT_EQ(*directories->In(kCounty).FindName("t1"), "章老师");
  EXPECT_EQ(directories->In(kCounty).FindName("nobody"), nullptr);
  EXPECT_EQ(directories->In("520203").FindName("t1"), nullptr);
}

TEST_F(ReadModelTest, WhatMattersForWhoLooksAfterAChildIsKept) {
  events::StaffPut staff;
  staff.set_staff_id("t1");
  staff.set_school_id("s1");
  staff.set_sex(2);
  events::ChildPut child;
  child.set_child_id(Id("c1"));
  child.set_care_level(3);
  child.set_guardianship_type(4);
  child.set_sex(1);
  child.set_boarding(true);
  Hear({Said("staff_put", staff), Said("child_put", child), ChildPut(Id("c2"), kThree)});
  auto rows = db_->Run(
      "SELECT s.school_id || ' ' || s.sex || ' ' || string_agg(c.care_level || '/' || c.guardianship || '/' "
      "|| c.sex || '/' || "
      "c.boarding, "
      "' ' ORDER BY c.care_level DESC) FROM staff s, child c GROUP BY s.school_id, s.sex");
  ASSERT_TRUE(rows.ok() && rows->rows() == 1) << rows.status();
  EXPECT_EQ(rows->String(0, 0), "s1 2 3/4/1/true 0/0/0/false");
}

TEST_F(ReadModelTest, OfSeveralPutsInOneTransactionTheLastCounts) {
  Hear({SchoolPut("s1", "520324101"), SchoolPut("s1", "520324102"), StaffPut("t1", "张老师"),
        StaffPut("t1", "章老师"), PostPut(PostKind::kSchoolHead, "t1", ""),
        PostPut(PostKind::kSchoolHead, "t2", ""), ChildPut(Id("c1"), kThree), ChildPut(Id("c1"), kFour)});
  EXPECT_EQ(Children({"c1"}).at({kCounty, Id("c1")}), kFour);
  EXPECT_EQ(WhoAnswers(PostKind::kSchoolHead), "t2");
}

TEST_F(ReadModelTest, WhoHasLeftIsKnownAsSuchAlone) {
  const auto put = [](const char* name, bool left) {
    events::StaffPut staff;
    staff.set_staff_id("t1");
    staff.set_display_name(name);
    staff.set_left(left);
    return Said("staff_put", staff);
  };
  // "name", "left", or "" for somebody who is not known.
  const auto known = [&](const std::string& id) -> std::string {
    Lookup lookup;
    lookup.AddStaff(kCounty, id);
    lookup.AddStaff("520203", id);
    auto directories = lookup.Load(*db_);
    EXPECT_TRUE(directories.ok()) << directories.status();
    EXPECT_FALSE(directories->In("520203").HasLeft(id)) << "another county's";
    const std::string* name = directories->In(kCounty).FindName(id);
    return absl::StrCat(name == nullptr ? "" : *name, directories->In(kCounty).HasLeft(id) ? "left" : "");
  };
  Hear({put("张老师", false), StaffPut("t2", "李老师")});
  Hear({put("张老师", true)});
  EXPECT_EQ(known("t1"), "left");
  EXPECT_EQ(known("t2"), "李老师");
  EXPECT_EQ(known("nobody"), "");
  Hear({put("章老师", true)});
  EXPECT_EQ(known("t1"), "left");
  Hear({put("章老师", false)});
  EXPECT_EQ(known("t1"), "章老师");
  Hear({put("章老师", true), put("章老师", false), put("章老师", true)});
  EXPECT_EQ(known("t1"), "left") << "the last one counts";
  Hear({put("章老师", true), put("章老师", false)});
  EXPECT_EQ(known("t1"), "章老师");
}

TEST_F(ReadModelTest, AVacantPostPassesToItsDeputyAndBack) {
  for (const PostKind kind : kPostKinds) {
    EXPECT_EQ(WhoAnswers(kind), "") << "not known yet";
    Hear({PostPut(kind, "t1", "t2")});
    EXPECT_EQ(WhoAnswers(kind), "t1");
    Hear({PostPut(kind, "", "t2")});
    EXPECT_EQ(WhoAnswers(kind), "-t2");
    Hear({PostPut(kind, "", "")});
    EXPECT_EQ(WhoAnswers(kind), "");
    Hear({PostPut(kind, "t3", "")});
    EXPECT_EQ(WhoAnswers(kind), "t3");
  }
  EXPECT_EQ(WhoAnswers(PostKind::kCountyOffice, "520203"), "") << "each county has its own";
}

TEST_F(ReadModelTest, TheClassTeachersAreThePostsOfThatKindByClass) {
  Hear({PostPut(PostKind::kClassTeacher, "t1", "t2"), PostPut(PostKind::kSchoolHead, "t3", ""),
        PostPut(PostKind::kCountyOffice, "t4", "")});
  EXPECT_EQ(ClassTeacher(), "t1");
  Hear({PostPut(PostKind::kClassTeacher, "", "t2")});
  EXPECT_EQ(ClassTeacher(), "") << "who stands in is not the class teacher";
}

TEST_F(ReadModelTest, WhatConcernsNoCountyIsTheProvincesOffice) {
  Hear({PostPut(PostKind::kProvinceOffice, "", "", "520102"), PostPut(PostKind::kProvinceOffice, "t2", ""),
        PostPut(PostKind::kProvinceOffice, "t3", "", "520521"), StaffPut("t9", "值班", "520521")});
  EXPECT_EQ(WhoAnswers(PostKind::kProvinceOffice, "000000"), "t2") << "of the lowest county that has one";
  EXPECT_EQ(WhoAnswers(PostKind::kCountyOffice, "000000"), "");
  Lookup lookup;
  lookup.AddStaff("000000", "t9");
  auto directories = lookup.Load(*db_);
  ASSERT_TRUE(directories.ok()) << directories.status();
  EXPECT_EQ(*directories->In("000000").FindName("t9"), "值班");
}

TEST_F(ReadModelTest, AMoveSaysWhereTheChildWasAndIs) {
  EXPECT_THAT(Hear({ChildPut(Id("c1"), kThree), ChildPut(Id("c2"), kThree), ChildPut(Id("c3"), kThree)}),
              IsEmpty())
      << "new children have not moved";
  const auto moves =
      Hear({ChildPut(Id("c1"), kFour), ChildPut(Id("c2"), kThree), ChildPut(Id("c1"), kElsewhere),
            ChildPut(Id("c3"), kFour), ChildPut(Id("c3"), kThree), ChildPut(Id("c4"), kThree)});
  ASSERT_THAT(moves, SizeIs(1)) << "once a child, and none who came back or stayed";
  EXPECT_EQ(moves.front().county, kCounty);
  EXPECT_EQ(moves.front().child_id, Id("c1"));
  EXPECT_EQ(moves.front().before, kThree);
  EXPECT_EQ(moves.front().after, kElsewhere);
  EXPECT_THAT(Children({"c1", "c2", "c3", "c4"}), SizeIs(4));
  EXPECT_EQ(Children({"c1"}).at({kCounty, Id("c1")}), kElsewhere);
}

TEST_F(ReadModelTest, AChildThatWaitsInQuarantineIsKnownByItsNewestEvent) {
  const auto wait = [&](const std::string& key, int seq, const std::string& type,
                        const std::string& payload) {
    auto kept = db_->Run(
        "INSERT INTO quarantine (producer, shard, seq, county, key, type, payload, time, actor, error, "
        "set_aside_time) VALUES ('registry', 3, $1, $2, $3, $4, $5, now(), '', '', now())",
        postgres::Params().Int(seq).Text(kCounty).Text(key).Text(type).Bytes(payload));
    ASSERT_TRUE(kept.ok()) << kept.status();
  };
  wait(Id("c1"), 1, "child_put", ChildPut(Id("c1"), kThree).payload);
  wait(Id("c1"), 2, "child_put", ChildPut(Id("c1"), kFour).payload);
  wait(Id("c2"), 3, "child_put", "\xff");
  wait("s1", 4, "school_put", "");
  auto places = LoadChildrenInQuarantine(
      *db_, {{kCounty, Id("c1")}, {kCounty, Id("c2")}, {kCounty, "s1"}, {kCounty, ""}});
  ASSERT_TRUE(places.ok()) << places.status();
  EXPECT_EQ(*places, (Places{{{kCounty, Id("c1")}, kFour}, {{kCounty, Id("c2")}, {}}}));
  EXPECT_TRUE(LoadChildrenInQuarantine(*db_, {})->empty());
}

TEST_F(ReadModelTest, WhatIsNoEventOfTheDirectoryIsPassedOverAndWhatCantBeReadRefused) {
  Facts facts;
  journal::Event event = ChildPut(Id("c1"), kThree);
  event.payload = "\xff";
  const absl::Status refused = Add(event, facts);
  EXPECT_EQ(refused.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(refused.message(), "registry.3.7 is no child_put");
  event.type = "guardian_put";
  EXPECT_TRUE(Add(event, facts).ok());
  EXPECT_FALSE(Wants("guardian_put"));
  for (const char* type : {"child_put", "school_put", "staff_put", "post_put"}) EXPECT_TRUE(Wants(type));
  EXPECT_THAT(Hear({}), IsEmpty());
  EXPECT_THAT(Children({"c1"}), IsEmpty());
}

}  // namespace
}  // namespace tonghu::directory
