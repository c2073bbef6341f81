#include "libs/division/guizhou_data.h"

// TONGHU_GUIZHOU_CSV is the data file's path while compiling; nothing is read at run time.
asm(".pushsection .rodata\n"
    "tonghu_guizhou_csv_begin:\n"
    ".incbin \"" TONGHU_GUIZHOU_CSV
    "\"\n"
    "tonghu_guizhou_csv_end:\n"
    ".byte 0\n"
    ".popsection\n"
    ".globl tonghu_guizhou_csv_begin\n"
    ".globl tonghu_guizhou_csv_end\n");

extern "C" const char tonghu_guizhou_csv_begin[];
extern "C" const char tonghu_guizhou_csv_end[];

namespace tonghu::division {

std::string_view GuizhouCsv() {
  return {tonghu_guizhou_csv_begin, static_cast<size_t>(tonghu_guizhou_csv_end - tonghu_guizhou_csv_begin)};
}

}  // namespace tonghu::division
