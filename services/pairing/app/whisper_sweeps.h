// The deadlines of whisper boxes: boxes that were not opened, letters that were not answered.
#pragma once

#include "libs/journal/sweeper.h"

namespace tonghu::pairing {

// Decides of each day behind a box's mark whether the box was to be opened and was. One that was not is
// missed and published as whisper_missed, in the transaction that moves the mark: once, also after a crash.
journal::Sweep JudgeWhisperBoxes();
// Letters that are not answered by their time are missed and published as whisper_missed, once.
journal::Sweep JudgeWhisperLetters();

}  // namespace tonghu::pairing
