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

// Copies a member of the dossier, or a member of the guardian.
template <auto member>
void Copy(const Dossier& from, Dossier& to) {
  to.*member = from.*member;
}
template <auto member>
void CopyOfGuardian(const Dossier& from, Dossier& to) {
  to.guardian.*member = from.guardian.*member;
}

// The fields that a mask may name, and how each is taken over.
constexpr Field kFields[] = {
    // The whole dossier (AIP-134).
    {"*", [](const Dossier& from, Dossier& to) { to = from; }},
    {"display_name", Copy<&Dossier::display_name>},
    {"sex", Copy<&Dossier::sex>},
    {"birth_date", Copy<&Dossier::birth>},
    {"identity_number", Copy<&Dossier::identity_number>},
    {"ethnic_group", Copy<&Dossier::ethnic_group>},
    {"school", Copy<&Dossier::school_id>},
    {"grade", Copy<&Dossier::grade>},
    {"class_number", Copy<&Dossier::class_number>},
    {"boarding", Copy<&Dossier::boarding>},
    {"guardianship_type", Copy<&Dossier::guardianship>},
    {"care_level", Copy<&Dossier::care_level>},
    {"guardian", Copy<&Dossier::guardian>},
    {"guardian.display_name", CopyOfGuardian<&Relative::display_name>},
    {"guardian.relation", CopyOfGuardian<&Relative::relation>},
    {"guardian.phone", CopyOfGuardian<&Relative::phone>},
    {"guardian.workplace", CopyOfGuardian<&Relative::workplace>},
    {"parents", Copy<&Dossier::parents>},
};

// Fields that a caller reads but the registry alone sets: refused with a reason of their own.
constexpr std::string_view kOutputOnly[] = {"name", "create_time", "update_time", "etag"};

// Whether the path may be repeated to the caller: other text may be personal data that slipped in.
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
    // The path is named by its place, as its text may be unfit to repeat.
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
