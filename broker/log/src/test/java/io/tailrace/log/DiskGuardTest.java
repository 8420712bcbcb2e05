package io.tailrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class DiskGuardTest {
    private static final long FREE_BYTES_MIN = 1_000;

    private final FaultyDisk disk = new FaultyDisk();
    private final DiskGuard guard = new DiskGuard(disk, Path.of("."), FREE_BYTES_MIN);

    @Test
    void spaceThatOthersUsedUpIsNoticedOnceAWriteFails() throws IOException {
        assertThat(guard.admits(10)).isTrue();
        disk.usableBytes = FREE_BYTES_MIN;
        assertThat(guard.admits(10)).as("within the budget").isTrue();

        guard.ranOut();
        assertThat(guard.admits(10)).isFalse();

        disk.usableBytes = FREE_BYTES_MIN + 10;
        assertThat(guard.admits(10)).as("once there is space again").isTrue();
    }

    @Test
    void keepsTheFloorFree() throws IOException {
        disk.usableBytes = FREE_BYTES_MIN + 10;
        assertThat(guard.admits(11)).isFalse();
        assertThat(guard.admits(10)).isTrue();
        disk.usableBytes = FREE_BYTES_MIN;
        assertThat(guard.admits(1)).isFalse();
    }
}
