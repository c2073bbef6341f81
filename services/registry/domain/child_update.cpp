#include "services/registry/domain/child_update.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "absl/strings/ascii.h"

namespace tonghu::registry {
namespace {

struct Field {
  std::string_view path;
  void (*copy)(const Dossier& from, Dossier& to);
};

constexpr Field kFields[] = {
    {"*", [](const Dossier& from, Dossier& to) { to = from; }},
    {"display_name", [](const Dossier& from, Dossier& to) { to.display_name = from.display_name; }},
    {"sex", [](const Dossier& from, Dossier& to) { to.sex = from.sex; }},
    {"birth_date", [](const Dossier& from, Dossier& to) { to.birth = from.birth; }},
    {"identity_number", [](const Dossier& from, Dossier& to) { to.identity_number = from.identity_number; }},
    {"ethnic_group", [](const Dossier& from, Dossier& to) { to.ethnic_group = from.ethnic_group; }},
    {"school", [](const Dossier& from, Dossier& to) { to.school_id = from.school_id; }},
    {"grade", [](const Dossier& from, Dossier& to) { to.grade = from.grade; }},
    {"class_number", [](const Dossier& from, Dossier& to) { to.class_number = from.class_number; }},
    {"boarding", [](const Dossier& from, Dossier& to) { to.boarding = from.boarding; }},
    {"guardianship_type", [](const Dossier& from, Dossier& to) { to.guardianship = from.guardianship; }},
    {"care_level", [](const Dossier& from, Dossier& to) { to.care_level = from.care_level; }},
    {"guardian", [](const Dossier& from, Dossier& to) { to.guardian = from.guardian; }},
    {"guardian.display_name",
     [](const Dossier& from, Dossier& to) { to.guardian.display_name = from.guardian.display_name; }},
    {"guardian.relation",
     [](const Dossier& from, Dossier& to) { to.guardian.relation = from.guardian.relation; }},
    {"guardian.phone", [](const Dossier& from, Dossier& to) { to.guardian.phone = from.guardian.phone; }},
    {"guardian.workplace",
     [](const Dossier& from, Dossier& to) { to.guardian.workplace = from.guardian.workplace; }},
    {"parents", [](const Dossier& from, Dossier& to) { to.parents = from.parents; }},
};

constexpr std::string_view kOutputOnly[] = {"name", "create_time", "update_time", "etag"};

// Whether it is fit to be repeated to the caller.
bool LooksLikeField(std::string_view path) {
  return path.size() <= 64 && std::all_of(path.begin(), path.end(), [](unsigned char c) {
           return absl::ascii_islower(c) || c == '_' || c == '.';
         });
}

}  // namespace

void ApplyMask(absl::Span<const std::string> paths, const Dossier& wanted, Dossier& dossier, Faults& faults) {
  if (paths.empty()) {
    AddInvalid(faults, "UPDATE_MASK_EMPTY", "update_mask", "update_mask must name the fields to change",
               "请指明要修改的字段（update_mask）。");
  }
  for (size_t i = 0; i < paths.size(); ++i) {
    const auto* field = std::find_if(std::begin(kFields), std::end(kFields),
                                     [&](const Field& f) { return f.path == paths[i]; });
    if (field != std::end(kFields)) {
      field->copy(wanted, dossier);
      continue;
    }
    const std::string at = fmt::format("update_mask.paths[{}]", i);
    const std::string shown = LooksLikeField(paths[i]) ? fmt::format(" \"{}\"", paths[i]) : "";
    const bool output_only =
        std::find(std::begin(kOutputOnly), std::end(kOutputOnly), paths[i]) != std::end(kOutputOnly);
    if (output_only) {
      AddInvalid(faults, "UPDATE_MASK_OUTPUT_ONLY", at,
                 fmt::format("the field{} is set by the registry", shown),
                 fmt::format("字段{}由系统维护，不能修改。", shown));
    } else {
      AddInvalid(faults, "UPDATE_MASK_UNKNOWN_PATH", at, fmt::format("a child has no field{}", shown),
                 fmt::format("儿童档案没有字段{}，请核对 update_mask。", shown));
    }
  }
}

Fault EtagMismatch() {
  return {absl::StatusCode::kAborted, "ETAG_MISMATCH", "etag", "the child was changed since; read it again",
          "该档案已被他人修改，请重新读取后再保存。"};
}

}  // namespace tonghu::registry
