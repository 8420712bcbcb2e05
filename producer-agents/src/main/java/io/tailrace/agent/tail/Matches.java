package io.tailrace.agent.tail;

import io.tailrace.agent.tail.FileId.Stat;
import io.tailrace.agent.tail.RotationMatcher.Match;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Which of the contents that are followed a new file may hold.
 *
 * @param kept contents whose own file still holds them, so that no file with another number does
 * @param isCopy whether it is a copy of another file, or may become one
 * @param isComparing whether it is still being compared
 * @param isUndecided whether the file must be looked at again, unless one of {@code continued} is continued in it
 * @param continued contents that may be continued in it, in the order in which they are to be tried
 */
record Matches(
        List<FollowedFile> kept,
        boolean isCopy,
        boolean isComparing,
        boolean isUndecided,
        List<FollowedFile> continued) {

    /**
     * Compares a new file with contents.
     *
     * @param head its first bytes
     * @param candidates contents whose file rotation may have given the new file's name
     */
    static Matches of(Stat stat, Head head, List<FollowedFile> candidates, Copies copies, long wallMs)
            throws IOException {
        List<FollowedFile> kept = new ArrayList<>();
        boolean isCopy = false;
        boolean isComparing = false;
        boolean isUndecided = false;
        List<FollowedFile> continued = new ArrayList<>();
        for (FollowedFile known : candidates) {
            Match match = RotationMatcher.match(stat, head, known, copies, wallMs);
            if (match == Match.KEPT) {
                kept.add(known);
            }
            boolean mustLookAgain = match == Match.COMPARING || match == Match.UNDECIDED;
            // A copy of a whole file is certain, while a content that is missing may only begin like it.
            isCopy |= mustLookAgain && known.state() == FollowedFile.State.LISTED;
            isComparing |= match == Match.COMPARING;
            isUndecided |= mustLookAgain;
            if (match == Match.CONTINUATION && !isUndecided) {
                continued.add(known);
            }
        }
        return new Matches(kept, isCopy, isComparing, isUndecided, continued);
    }
}
