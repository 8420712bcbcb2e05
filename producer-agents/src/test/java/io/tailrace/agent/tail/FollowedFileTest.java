package io.tailrace.agent.tail;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.FileSystems;
import java.util.List;
import org.junit.jupiter.api.Test;

class FollowedFileTest {
    /** No locale has half of a surrogate pair, as ASCII has no accents. */
    @Test
    void nameThatTheLocaleLacksIsKept() {
        String file = "/logs/caf\ud800.log";
        FileProgress progress = new FileProgress(
                "id", "web", file, file + ".1", new FileId(1, 2), ReadPosition.START, List.of(), false, 0, -1, -1);
        FollowedFile followed = new FollowedFile(progress, FileSystems.getDefault(), new OpenFiles(10), changed -> {});
        assertThat(followed.file()).isEqualTo(file);
        assertThat(followed.fileName()).isEqualTo("caf\ud800.log");
        assertThat(followed.path()).hasToString("/logs/caf?.log.1");
    }
}
