package io.tailrace.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class OutputTableTest {
    @Test
    void textIsLeftAndNumbersAreRightAligned() {
        assertThat(printed(OutputFormat.TABLE)).isEqualTo("""
                TOPIC       LOG-END-OFFSET
                access-log           10000
                a,b         -
                """);
    }

    @Test
    void jsonIsOneArrayWithCamelCaseNames() {
        assertThat(printed(OutputFormat.JSON))
                .isEqualTo("[{\"topic\":\"access-log\",\"logEndOffset\":10000},"
                        + "{\"topic\":\"a,b\",\"logEndOffset\":null}]\n");
    }

    @Test
    void csvHasAHeadAndQuotesWhatNeedsIt() {
        assertThat(printed(OutputFormat.CSV)).isEqualTo("TOPIC,LOG-END-OFFSET\naccess-log,10000\n\"a,b\",\n");
    }

    private static String printed(OutputFormat format) {
        OutputTable table = new OutputTable("TOPIC", "LOG-END-OFFSET");
        table.add("access-log", 10000L);
        table.add("a,b", null);
        StringWriter text = new StringWriter();
        table.print(format, new PrintWriter(text));
        return text.toString();
    }
}
