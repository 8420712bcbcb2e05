package io.tailrace.agent.tail;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RotationMatcherTest {
    private static final String LETTERS = "ab1.-_";

    @Test
    void namesThatRotationMakes() {
        assertThat(RotationMatcher.namesBefore("access.log.1")).contains("access.log");
        assertThat(RotationMatcher.namesBefore("access.log.2.gz")).contains("access.log", "access.log.2");
        assertThat(RotationMatcher.namesBefore("access-20150517.log.gz")).contains("access.log");
        assertThat(RotationMatcher.namesBefore("access.log")).doesNotContain("access.log", "other.log");
    }

    @Test
    void higherNumberIsThatOfALaterRotation() {
        assertThat(RotationMatcher.isRotatedName("access.log.2.gz", "access.log.1"))
                .isTrue();
        assertThat(RotationMatcher.isRotatedName("access.10.log", "access.9.log"))
                .isTrue();
        assertThat(RotationMatcher.isRotatedName("access.log.1", "access.log.2"))
                .isFalse();
        assertThat(RotationMatcher.isRotatedName("access.log.10", "access.log.1"))
                .isTrue();
        assertThat(RotationMatcher.extendsName("access.log.10", "access.log.1")).isFalse();
        assertThat(RotationMatcher.isRotatedName("other.log.2", "access.log.1")).isFalse();
    }

    @Test
    void laterDateIsAnotherLog() {
        assertThat(RotationMatcher.isRotatedName("job-20240102.log", "job-20240101.log"))
                .isFalse();
        assertThat(RotationMatcher.isRotatedName("job-2024-01-02.log", "job-2024-01-01.log"))
                .isFalse();
    }

    /** Contents are found by the names before; what extends a name is the rule. */
    @Test
    void namesBeforeAreAllThatANameExtends() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        Set<String> names = new HashSet<>();
        for (int count = 0; count < 400; count++) {
            StringBuilder name = new StringBuilder();
            for (int length = 1 + random.nextInt(6); length > 0; length--) {
                name.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
            }
            names.add(name + (random.nextInt(4) == 0 ? ".gz" : ""));
        }
        for (String name : names) {
            Set<String> before = RotationMatcher.namesBefore(name);
            for (String known : names) {
                boolean extendsName = RotationMatcher.extendsName(name, known);
                assertThat(before.contains(known))
                        .as("%s after %s, seed %d", name, known, seed)
                        .isEqualTo(extendsName);
                assertThat(!extendsName || name.startsWith(RotationMatcher.stem(known)))
                        .as("stem of %s in %s, seed %d", known, name, seed)
                        .isTrue();
            }
        }
    }
}
