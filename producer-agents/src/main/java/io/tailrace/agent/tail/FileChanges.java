package io.tailrace.agent.tail;

import java.util.List;

/**
 * What changed in the files of a source since the checkpoint was written. Immutable.
 *
 * @param changed contents that are new to the checkpoint, or of which anything changed
 * @param gone identities of the contents that the checkpoint need not keep any longer
 */
public record FileChanges(List<FileProgress> changed, List<String> gone) {
    public FileChanges {
        changed = List.copyOf(changed);
        gone = List.copyOf(gone);
    }
}
