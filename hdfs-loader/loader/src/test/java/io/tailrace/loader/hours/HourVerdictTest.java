package io.tailrace.loader.hours;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.loader.audit.HostAudit;
import io.tailrace.loader.audit.LoadedHour;
import io.tailrace.loader.audit.Verdict;
import io.tailrace.loader.table.PathPartition;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class HourVerdictTest {
    private static final PathPartition HOUR = PathPartition.parse("dt=2015-05-17/hr=10");

    private static HostAudit audit(String host, Verdict verdict) {
        return new HostAudit("access-log", HOUR, host, 0, 0, 0, 0, verdict, "no sums");
    }

    private static HourVerdict verdict(HostAudit... hosts) {
        return HourVerdict.of(HOUR, List.of(hosts), new LoadedHour(new TreeMap<>(), 0, List.of()), 1, 0);
    }

    @Test
    void anHourThatHasOnlyUnauditedHostsIsNotComplete() {
        HourVerdict verdict = verdict(audit("", Verdict.UNAUDITED));

        assertThat(verdict.isComplete()).isFalse();
        assertThat(verdict.detail()).isEqualTo("host : UNAUDITED, no sums");
    }

    @Test
    void aHostWithoutAgentsDoesNotKeepAnHourFromBeingComplete() {
        assertThat(verdict(audit("", Verdict.UNAUDITED), audit("web1", Verdict.COMPLETE))
                        .isComplete())
                .isTrue();
    }

    @Test
    void theWorstHostDecides() {
        HourVerdict verdict = verdict(
                audit("web1", Verdict.COMPLETE), audit("web2", Verdict.WAITING), audit("web3", Verdict.MISSING));

        assertThat(verdict.verdict()).isEqualTo(Verdict.MISSING);
    }
}
