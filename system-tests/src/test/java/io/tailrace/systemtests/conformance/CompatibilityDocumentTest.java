package io.tailrace.systemtests.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class CompatibilityDocumentTest {
    private static final CompatibilityDocument DOCUMENT = new CompatibilityDocument("""
            # Compatibility

            ## kcat

            A sentence that is kept.

            | operation | 1.6 |
            |---|---|
            | produce | yes |
            | consume | yes |

            ## Not supported

            | feature | why |
            |---|---|
            | quotas | none |
            """);

    @Test
    void aTableIsFoundByItsClient() {
        assertThat(DOCUMENT.rows("kcat")).containsExactly(List.of("produce", "yes"), List.of("consume", "yes"));
        assertThat(DOCUMENT.rows("rsyslog")).isEmpty();
    }

    @Test
    void aTableIsReplacedAndEverythingElseKept() {
        assertThat(DOCUMENT.withTable("kcat", List.of("1.7", "1.8"), List.of(List.of("list", "yes", "no"))))
                .isEqualTo("""
                        # Compatibility

                        ## kcat

                        A sentence that is kept.

                        | operation | 1.7 | 1.8 |
                        |---|---|---|
                        | list | yes | no |

                        ## Not supported

                        | feature | why |
                        |---|---|
                        | quotas | none |
                        """);
    }

    @Test
    void aNewClientIsPutBeforeWhatIsNotSupported() {
        String text = DOCUMENT.withTable("rsyslog", List.of("8.2"), List.of(List.of("send", "yes")));

        assertThat(text)
                .contains(
                        "| consume | yes |\n\n## rsyslog\n\n| operation | 8.2 |\n|---|---|\n| send | yes |\n\n## Not");
        assertThat(new CompatibilityDocument(text)
                        .withTable("rsyslog", List.of("8.2"), List.of(List.of("send", "yes"))))
                .isEqualTo(text);
    }
}
