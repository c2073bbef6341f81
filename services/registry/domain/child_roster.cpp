#include <fmt/format.h>

#include <algorithm>

#include "absl/container/flat_hash_map.h"
#include "services/registry/domain/roster.h"
#include "services/registry/domain/sheet.h"

namespace tonghu::registry {
namespace {

// The places in kColumns.
enum Place {
  kName,
  kSex,
  kBirth,
  kNumber,
  kEthnic,
  kSchool,
  kGrade,
  kClass,
  kBoarding,
  kGuardianship,
  kCare,
  kGuardianName,
  kGuardianRelation,
  kGuardianPhone,
  kFatherName,
  kFatherPlace,
  kFatherPhone,
  kMotherName,
  kMotherPlace,
  kMotherPhone,
};
// The columns of a roster of children, with the dossier's fields. Those of father and mother name no field,
// as their places in `parents` depend on the row (ParentColumn).
const SheetColumn kColumns[] = {{"姓名", "display_name"},
                                {"性别", "sex"},
                                {"出生日期", "birth_date"},
                                {"身份证号", "identity_number", Cells::kLongNumber},
                                {"民族", "ethnic_group"},
                                {"学校标识码", "school", Cells::kLongNumber},
                                {"年级", "grade"},
                                {"班级", "class_number"},
                                {"是否寄宿", "boarding"},
                                {"监护类型", "guardianship_type"},
                                {"关爱等级", "care_level"},
                                {"监护人姓名", "guardian.display_name"},
                                {"与监护人关系", "guardian.relation"},
                                {"监护人电话", "guardian.phone", Cells::kLongNumber},
                                {"父亲姓名"},
                                {"父亲务工地"},
                                {"父亲电话", "", Cells::kLongNumber},
                                {"母亲姓名"},
                                {"母亲务工地"},
                                {"母亲电话", "", Cells::kLongNumber}};

constexpr char kFather[] = "父亲";
constexpr char kMother[] = "母亲";

template <class Value>
struct Word {
  std::string_view text;
  Value value;
};

constexpr Word<Sex> kSexes[] = {{"男", Sex::kMale}, {"女", Sex::kFemale}};
// Several words may stand for one value, as counties write them; an empty cell stands for the usual one.
constexpr Word<bool> kYesNo[] = {{"", false},  {"否", false},  {"走读", false},
                                 {"是", true}, {"寄宿", true}, {"住校", true}};
constexpr Word<Guardianship> kGuardianships[] = {
    {"", Guardianship::kUnspecified},          {"隔代监护", Guardianship::kGrandparents},
    {"祖辈监护", Guardianship::kGrandparents}, {"父母单方监护", Guardianship::kOneParent},
    {"亲朋监护", Guardianship::kKinOrFriends}, {"寄养监护", Guardianship::kKinOrFriends},
    {"无人监护", Guardianship::kNobody},       {"单亲或孤儿", Guardianship::kSingleParentOrOrphan}};
constexpr Word<CareLevel> kCareLevels[] = {{"", CareLevel::kGeneral},
                                           {"普遍关注", CareLevel::kGeneral},
                                           {"重点关注", CareLevel::kFocus},
                                           {"监护干预", CareLevel::kIntervention},
                                           {"个案服务", CareLevel::kCase}};

// Sets the value for which `text` stands; otherwise adds a fault that lists the words that may stand there.
template <class Value>
void ReadWord(const std::string& text, absl::Span<const Word<Value>> words,
              std::pair<std::string_view, std::string_view> field_and_reason,
              std::pair<Value*, Faults*> out) {
  for (const Word<Value>& word : words) {
    if (word.text == text) {
      *out.first = word.value;
      return;
    }
  }
  std::string allowed;
  for (const Word<Value>& word : words) {
    if (!word.text.empty()) allowed += fmt::format("{}{}", allowed.empty() ? "" : "、", word.text);
  }
  AddInvalid(*out.second, field_and_reason.second, field_and_reason.first, "",
             fmt::format("请填写下列之一：{}。", allowed));
}

Relative ReadParent(const Sheet& sheet, const csv::Row& row, size_t name, const char* relation) {
  // A parent's cells follow each other: name, workplace, phone.
  Relative parent{sheet.Cell(row, name), "", sheet.Cell(row, name + 2), sheet.Cell(row, name + 1)};
  if (!parent.empty()) parent.relation = relation;
  return parent;
}

// The row as a dossier, with faults for words that stand for nothing.
Dossier ReadDossier(const Sheet& sheet, const csv::Row& row, Faults& faults) {
  Dossier dossier;
  dossier.display_name = sheet.Cell(row, kName);
  // A word that is neither leaves the sex unset, which CheckDossier refuses.
  const std::string sex = sheet.Cell(row, kSex);
  for (const Word<Sex>& word : kSexes) {
    if (word.text == sex) dossier.sex = word.value;
  }
  dossier.birth = ParseRosterDate(sheet.Cell(row, kBirth));
  dossier.identity_number = sheet.Cell(row, kNumber);
  dossier.ethnic_group = sheet.Cell(row, kEthnic);
  dossier.school_id = sheet.Cell(row, kSchool);
  dossier.grade = sheet.Number(row, kGrade);
  dossier.class_number = sheet.Number(row, kClass);
  ReadWord<bool>(sheet.Cell(row, kBoarding), kYesNo, {"boarding", "BOARDING_MALFORMED"},
                 {&dossier.boarding, &faults});
  ReadWord<Guardianship>(sheet.Cell(row, kGuardianship), kGuardianships,
                         {"guardianship_type", "GUARDIANSHIP_MALFORMED"}, {&dossier.guardianship, &faults});
  ReadWord<CareLevel>(sheet.Cell(row, kCare), kCareLevels, {"care_level", "CARE_LEVEL_MALFORMED"},
                      {&dossier.care_level, &faults});
  dossier.guardian = {sheet.Cell(row, kGuardianName), sheet.Cell(row, kGuardianRelation),
                      sheet.Cell(row, kGuardianPhone), ""};
  for (Relative parent :
       {ReadParent(sheet, row, kFatherName, kFather), ReadParent(sheet, row, kMotherName, kMother)}) {
    if (!parent.empty()) dossier.parents.push_back(std::move(parent));
  }
  return dossier;
}

// Explains where a wrong number may come from: spreadsheets keep 15 digits.
void ExplainDamage(const std::string& number, Faults& faults) {
  if (!csv::LooksLikeDamagedNumber(number)) return;
  // About one genuine number in a thousand ends so too, but its check digit is right.
  for (Fault& fault : faults) {
    if (fault.reason != "IDENTITY_CHECK_DIGIT") continue;
    fault.reason = "DAMAGED_NUMBER";
    fault.message_zh = "身份证号末几位变成了0，很可能已被表格软件损坏；请把该列设为文本格式后重新填写。";
  }
}

// Finds children that a file lists twice.
class Seen {
 public:
  void Check(const ChildRow& row, Faults& faults) {
    if (!row.dossier.identity_number.empty()) {
      const auto [first, fresh] = numbers_.try_emplace(row.dossier.identity_number, row.row);
      if (!fresh) {
        AddInvalid(faults, "DUPLICATE_IDENTITY_NUMBER", "identity_number", "",
                   fmt::format("与第{}行的身份证号相同，请核对。", first->second));
      }
      return;
    }
    // Without a number a child is known by class and name, and two such rows can't be told apart.
    const auto [first, fresh] = names_.try_emplace(ClassNameOf("", row.dossier), row.row);
    if (!fresh) {
      AddInvalid(faults, "DUPLICATE_CHILD", "display_name", "",
                 fmt::format("与第{}行同班同名，且都没有身份证号，无法区分；请填写身份证号或删去重复的行。",
                             first->second));
    }
  }

 private:
  absl::flat_hash_map<std::string, int> numbers_;
  absl::flat_hash_map<ClassName, int> names_;
};

// "parents[0].phone" → "父亲电话", when the row's first parent is the father.
std::string ParentColumn(const ChildRow& row, std::string_view field) {
  constexpr std::string_view kStart = "parents[";
  if (!field.starts_with(kStart) || field.size() < kStart.size() + 3) return "";
  // A child has two parents at most in a roster, so the index is one digit.
  const size_t index = static_cast<size_t>(field[kStart.size()] - '0');
  if (index >= row.dossier.parents.size()) return "";
  const std::string& who = row.dossier.parents[index].relation;
  if (field.ends_with(".phone")) return who + "电话";
  return who + (field.ends_with(".workplace") ? "务工地" : "姓名");
}

}  // namespace

std::vector<ChildRow> ReadChildren(const csv::Table& table, absl::CivilDay today, RowErrors& errors) {
  std::vector<ChildRow> children;
  const auto sheet = Sheet::Open(table, kColumns, errors);
  if (!sheet) return children;
  children.reserve(table.rows.size());
  Seen seen;
  for (const csv::Row& row : table.rows) {
    // A damaged cell would only cause more errors in the row.
    if (!sheet->CheckCells(row, errors)) continue;
    Faults faults;
    ChildRow child{row.number, ReadDossier(*sheet, row, faults)};
    Normalise(child.dossier);
    CheckDossier(child.dossier, today, &child.dossier,
                 faults);  // its own `before`: coming of age is judged when the child is known
    ExplainDamage(child.dossier.identity_number, faults);
    seen.Check(child, faults);
    for (const Fault& fault : faults) errors.Add(ChildRowError(child, fault));
    if (faults.empty()) children.push_back(std::move(child));
  }
  return children;
}

RowError ChildRowError(const ChildRow& row, const Fault& fault) {
  RowError error = ErrorIn(kColumns, row.row, fault);
  if (error.column.empty()) error.column = ParentColumn(row, fault.field);
  return error;
}

std::optional<absl::CivilDay> ParseRosterDate(std::string_view text) {
  // Every separator that people write becomes "-", and a final 日 ends the date.
  std::string plain;
  for (std::string_view rest = text; !rest.empty();) {
    const auto take = [&](std::string_view word) {
      if (!rest.starts_with(word)) return false;
      rest.remove_prefix(word.size());
      return true;
    };
    if (take("年") || take("月") || take("/") || take(".")) {
      plain += '-';
    } else if (rest != "日") {
      plain += rest.front();
      rest.remove_prefix(1);
    } else {
      break;
    }
  }
  // "20150901"
  if (plain.size() == 8 && plain.find('-') == std::string::npos)
    plain = plain.substr(0, 4) + "-" + plain.substr(4, 2) + "-" + plain.substr(6);
  // Pads "2015-9-1" to two digits each.
  const size_t first = plain.find('-');
  const size_t second = first == std::string::npos ? first : plain.find('-', first + 1);
  if (second == std::string::npos) return std::nullopt;
  if (plain.size() - second == 2) plain.insert(second + 1, "0");
  if (second - first == 2) plain.insert(first + 1, "0");
  return ParseDate(plain);
}

}  // namespace tonghu::registry
