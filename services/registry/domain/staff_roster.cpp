#include <fmt/format.h>

#include "absl/container/flat_hash_map.h"
#include "services/registry/domain/roster.h"
#include "services/registry/domain/sheet.h"

namespace tonghu::registry {
namespace {

// The places in kColumns.
enum Place { kId, kName, kPhone, kPost, kSchool, kGrade, kClass, kTownship, kDeputy, kSex };
const SheetColumn kColumns[] = {{"工号", "name", Cells::kLongNumber},
                                {"姓名", "display_name"},
                                {"电话", "phone", Cells::kLongNumber},
                                {"岗位", "kind"},
                                {"学校标识码", "school", Cells::kLongNumber},
                                {"年级", "grade"},
                                {"班级", "class_number"},
                                {"乡镇代码", "township_code", Cells::kLongNumber},
                                {"代理工号", "deputy", Cells::kLongNumber, false},
                                {"性别", "sex", Cells::kText, false}};

constexpr std::pair<std::string_view, PostKind> kKinds[] = {{"班主任", PostKind::kClassTeacher},
                                                            {"校长", PostKind::kSchoolHead},
                                                            {"儿童督导员", PostKind::kTownshipSupervisor},
                                                            {"县民政局值班", PostKind::kCountyOffice},
                                                            {"省平台值班", PostKind::kProvinceOffice}};

// Reads the post of a row. Cells that the kind of post does not use are left aside, since people fill them in
// all the same.
std::optional<Post> ReadPost(const Sheet& sheet, const csv::Row& row, const std::string& county,
                             Faults& faults) {
  const std::string kind = sheet.Cell(row, kPost);
  if (kind.empty()) return std::nullopt;
  Post post;
  post.county = county;
  for (const auto& [name, value] : kKinds) {
    if (name == kind) post.kind = value;
  }
  if (post.kind == PostKind::kUnspecified) {
    AddInvalid(faults, "POST_KIND_MALFORMED", "kind", "",
               "未知的岗位，应为：班主任、校长、儿童督导员、县民政局值班、省平台值班。");
    return std::nullopt;
  }
  if (post.kind == PostKind::kClassTeacher || post.kind == PostKind::kSchoolHead)
    post.school_id = sheet.Cell(row, kSchool);
  if (post.kind == PostKind::kClassTeacher) {
    post.grade = sheet.Number(row, kGrade);
    post.class_number = sheet.Number(row, kClass);
  }
  if (post.kind == PostKind::kTownshipSupervisor) post.township_code = sheet.Cell(row, kTownship);
  post.holder_id = sheet.Cell(row, kId);
  post.deputy_id = sheet.Cell(row, kDeputy);
  CheckPost(post, faults);
  return post;
}

// Where the person of a row works. The cell says the school of the row's post; of somebody without a post it
// says the person's own.
std::string SchoolOf(const Sheet& sheet, const csv::Row& row) {
  const std::string kind = sheet.Cell(row, kPost);
  for (const auto& [name, value] : kKinds) {
    if (name == kind && value != PostKind::kClassTeacher && value != PostKind::kSchoolHead) return "";
  }
  return sheet.Cell(row, kSchool);
}

// Adds a fault for a word that is no sex. Without the column, and in an empty cell, the sex is not known.
Sex SexOf(const Sheet& sheet, const csv::Row& row, Faults& faults) {
  const std::string word = sheet.Cell(row, kSex);
  if (word == "男") return Sex::kMale;
  if (word == "女") return Sex::kFemale;
  if (!word.empty()) AddInvalid(faults, "SEX_MISSING", "sex", "", "请填写性别（男或女）。");
  return Sex::kUnspecified;
}

// The person of a row; none in the row of a vacant post.
std::optional<StaffMember> ReadMember(const Sheet& sheet, const csv::Row& row, const std::string& county,
                                      Faults& faults) {
  StaffMember member{.county = county,
                     .id = sheet.Cell(row, kId),
                     .display_name = sheet.Cell(row, kName),
                     .phone = sheet.Cell(row, kPhone)};
  if (!member.id.empty()) {
    member.school_id = SchoolOf(sheet, row);
    member.sex = SexOf(sheet, row, faults);
    CheckStaffMember(member, faults);
    return member;
  }
  if (!member.display_name.empty() || !member.phone.empty()) {
    AddInvalid(faults, "STAFF_NUMBER_MISSING", "name", "",
               "有姓名或电话但缺少工号；岗位空缺时，工号、姓名、电话都应留空。");
  }
  return std::nullopt;
}

// Finds rows that contradict earlier ones of the file.
class Seen {
 public:
  void Check(const StaffRow& row, Faults& faults) {
    if (row.member) {
      // A person with several posts has a row for each.
      const auto [first, fresh] = members_.try_emplace(row.member->id, row.row, *row.member);
      StaffMember as_before = first->second.second;
      as_before.school_id = row.member->school_id;  // the posts may be at several schools
      if (!fresh && !(as_before == *row.member)) {
        AddInvalid(faults, "STAFF_DIFFERS", "name", "",
                   fmt::format("与第{}行工号相同，但姓名、电话或性别不同，请核对。", first->second.first));
      }
    }
    if (!row.post) return;
    const auto [first, fresh] = posts_.try_emplace(row.post->id(), row.row);
    if (!fresh)
      AddInvalid(faults, "DUPLICATE_POST", "kind", "",
                 fmt::format("与第{}行是同一岗位，一个岗位只能有一行。", first->second));
  }

 private:
  absl::flat_hash_map<std::string, std::pair<int, StaffMember>> members_;
  absl::flat_hash_map<std::string, int> posts_;
};

// Somebody with posts at several schools works at the first that the file names.
void SettleSchools(std::vector<StaffRow>& rows) {
  absl::flat_hash_map<std::string, std::string> schools;
  for (const StaffRow& row : rows) {
    if (row.member && !row.member->school_id.empty())
      schools.try_emplace(row.member->id, row.member->school_id);
  }
  for (StaffRow& row : rows) {
    if (row.member) row.member->school_id = schools[row.member->id];
  }
}

}  // namespace

StaffRoster ReadStaff(const csv::Table& table, const std::string& county, RowErrors& errors) {
  StaffRoster roster;
  const auto sheet = Sheet::Open(table, kColumns, errors);
  if (!sheet) return roster;
  roster.names_deputies = sheet->Has(kDeputy);
  roster.says_sex = sheet->Has(kSex);
  Seen seen;
  for (const csv::Row& row : table.rows) {
    if (!sheet->CheckCells(row, errors)) continue;
    Faults faults;
    StaffRow read{row.number, ReadMember(*sheet, row, county, faults), ReadPost(*sheet, row, county, faults)};
    if (faults.empty() && !read.member && !read.post) {
      AddInvalid(faults, "ROW_SAYS_NOTHING", "", "", "该行既没有工号也没有岗位，请补全或删去。");
    }
    // Only rows that could be read are compared: the others have errors enough.
    if (faults.empty()) seen.Check(read, faults);
    for (const Fault& fault : faults) errors.Add(StaffRowError(read, fault));
    if (faults.empty()) roster.rows.push_back(std::move(read));
  }
  SettleSchools(roster.rows);
  return roster;
}

RowError StaffRowError(const StaffRow& row, const Fault& fault) {
  RowError error = ErrorIn(kColumns, row.row, fault);
  if (fault.field == "holder") error.column = kColumns[kId].name;  // the person of the row holds the post
  return error;
}

}  // namespace tonghu::registry
