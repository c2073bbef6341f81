#include "services/registry/domain/child.h"

#include <fmt/format.h>

#include <algorithm>

#include "absl/strings/ascii.h"
#include "libs/calendar/calendar.h"
#include "libs/identity/identity.h"
#include "services/registry/domain/directory.h"
#include "services/registry/domain/text.h"

namespace tonghu::registry {
namespace {

constexpr int kAdult = 18;  // years; Civil Code of China, article 17
constexpr int kFirstYear = 1900;
constexpr size_t kMaxParents = 4;

// A child born on 29 February comes of age on 1 March: CivilDay normalises the date.
bool IsAdult(absl::CivilDay birth, absl::CivilDay today) {
  return absl::CivilDay(birth.year() + kAdult, birth.month(), birth.day()) <= today;
}

// Tells a wrong check digit, most often a slip of one digit, from other faults, so that the officer gets the
// right remedy.
bool CheckDigitIsWrong(std::string_view number) {
  const std::string_view body = number.substr(0, std::min<size_t>(17, number.size()));
  return number.size() == 18 &&
         std::all_of(body.begin(), body.end(), [](unsigned char c) { return absl::ascii_isdigit(c); }) &&
         identity::CheckCharacter(body) != number.back();
}

// An identity number may be missing. One that is given must be well formed, and agree with birth date and
// sex.
void CheckIdentity(const Dossier& dossier, absl::CivilDay today, Faults& faults) {
  if (dossier.identity_number.empty()) return;
  const auto id = identity::ParseResidentId(dossier.identity_number, today);
  if (!id.ok()) {
    const bool digit = CheckDigitIsWrong(dossier.identity_number);
    AddInvalid(faults, digit ? "IDENTITY_CHECK_DIGIT" : "IDENTITY_NUMBER_MALFORMED", "identity_number",
               digit ? "the identity number's check digit is wrong"
                     : "identity_number must be 18 characters after GB 11643 with a real birth date",
               fmt::format("{}。", std::string(id.status().message())));
    return;
  }
  if (dossier.birth && id->birth() != *dossier.birth) {
    AddInvalid(faults, "IDENTITY_BIRTH_MISMATCH", "birth_date",
               "birth_date differs from the identity number's", "出生日期与身份证号不一致，请核对两者。");
  }
  if (dossier.sex != Sex::kUnspecified &&
      (id->sex() == identity::Sex::kMale) != (dossier.sex == Sex::kMale)) {
    AddInvalid(faults, "IDENTITY_SEX_MISMATCH", "sex", "sex differs from the identity number's",
               "性别与身份证号不一致，请核对两者。");
  }
}

// The numbers come from outside, so each must be one of its enumeration; the sex must be given.
void CheckKinds(const Dossier& dossier, Faults& faults) {
  if (dossier.sex != Sex::kMale && dossier.sex != Sex::kFemale) {
    AddInvalid(faults, "SEX_MISSING", "sex", "sex must be male or female", "请填写性别（男或女）。");
  }
  if (dossier.guardianship < Guardianship::kUnspecified ||
      dossier.guardianship > Guardianship::kSingleParentOrOrphan) {
    AddInvalid(faults, "GUARDIANSHIP_MALFORMED", "guardianship_type", "not a known type of guardianship",
               "未知的监护类型，请重新选择。");
  }
  if (dossier.care_level < CareLevel::kUnspecified || dossier.care_level > CareLevel::kCase) {
    AddInvalid(faults, "CARE_LEVEL_MALFORMED", "care_level", "not a known care level",
               "未知的关爱等级，请重新选择。");
  }
}

// `who` is "guardian", "parents[0]", …
void CheckRelative(const Relative& relative, std::string_view who, std::string_view who_zh, Faults& faults) {
  Faults own;
  CheckText(relative.display_name, {"display_name", "姓名", 50, true}, own);
  CheckText(relative.relation, {"relation", "与儿童的关系", 20, false}, own);
  CheckText(relative.workplace, {"workplace", "务工地", 100, false}, own);
  CheckPhone(relative.phone, "phone", own);
  // The faults get the relative's place in the dossier, in field and sentence.
  for (Fault& fault : own) {
    fault.field = fmt::format("{}.{}", who, fault.field);
    fault.message_zh = fmt::format("{}：{}", who_zh, fault.message_zh);
    faults.push_back(std::move(fault));
  }
}

void CheckRelatives(const Dossier& dossier, Faults& faults) {
  if (!dossier.guardian.empty()) CheckRelative(dossier.guardian, "guardian", "监护人", faults);
  if (dossier.parents.size() > kMaxParents) {
    AddInvalid(faults, "TOO_MANY_PARENTS", "parents", fmt::format("at most {} parents", kMaxParents),
               fmt::format("父母最多登记{}人。", kMaxParents));
    return;
  }
  for (size_t i = 0; i < dossier.parents.size(); ++i)
    CheckRelative(dossier.parents[i], fmt::format("parents[{}]", i), "父母", faults);
}

}  // namespace

ClassName ClassNameOf(const std::string& county, const Dossier& dossier) {
  return {county, dossier.school_id, dossier.grade, dossier.class_number, dossier.display_name};
}

void Normalise(Dossier& dossier) {
  // GB 11643 writes the check character as a capital X.
  if (!dossier.identity_number.empty() && dossier.identity_number.back() == 'x')
    dossier.identity_number.back() = 'X';
  if (dossier.care_level == CareLevel::kUnspecified) dossier.care_level = CareLevel::kGeneral;
}

void CheckAge(const Dossier& dossier, absl::CivilDay today, const Dossier* before, Faults& faults) {
  if (!dossier.birth) return;
  if (*dossier.birth > today) {
    AddInvalid(faults, "BIRTH_DATE_IN_FUTURE", "birth_date", "birth_date is in the future",
               "出生日期晚于今天，请核对。");
    // A birth date that stays as it was is let pass: the file of a person who has come of age since can still
    // be corrected.
  } else if (IsAdult(*dossier.birth, today) && (before == nullptr || before->birth != dossier.birth)) {
    AddInvalid(faults, "CHILD_IS_ADULT", "birth_date", "a child is under 18",
               "按出生日期已满18周岁，不在登记范围，请核对出生日期。");
  }
}

void CheckDossier(const Dossier& dossier, absl::CivilDay today, const Dossier* before, Faults& faults) {
  // All faults are gathered, so that a roster's row need be corrected once only.
  CheckText(dossier.display_name, {"display_name", "姓名", 50, true}, faults);
  if (!dossier.birth) {
    AddInvalid(faults, "BIRTH_DATE_MALFORMED", "birth_date", "birth_date must be a day written YYYY-MM-DD",
               "请填写出生日期，格式为2015-09-01，且须是真实存在的日期。");
  }
  CheckAge(dossier, today, before, faults);
  CheckIdentity(dossier, today, faults);
  CheckKinds(dossier, faults);
  CheckText(dossier.ethnic_group, {"ethnic_group", "民族", 20, false}, faults);
  if (dossier.school_id.empty())
    AddInvalid(faults, "SCHOOL_MISSING", "school", "school is required", "请填写学校。");
  CheckClass(dossier.grade, dossier.class_number, faults);
  CheckRelatives(dossier, faults);
}

std::optional<absl::CivilDay> ParseDate(std::string_view text) {
  const auto day = calendar::ParseDay(text);
  if (!day.ok() || day->year() < kFirstYear) return std::nullopt;
  return *day;
}

Fault ChildNotFound(std::string_view field) {
  return {absl::StatusCode::kNotFound, "CHILD_NOT_FOUND", std::string(field), "there is no such child",
          "没有找到该儿童档案，请核对编号。"};
}

Fault IdentityNumberTaken() {
  return {absl::StatusCode::kAlreadyExists, "IDENTITY_NUMBER_TAKEN", "identity_number",
          "the county has a child with this identity number",
          "本县已有相同身份证号的儿童档案，请勿重复登记；如需修改请更新原档案。"};
}

}  // namespace tonghu::registry
