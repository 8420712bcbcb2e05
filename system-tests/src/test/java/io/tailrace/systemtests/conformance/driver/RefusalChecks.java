package io.tailrace.systemtests.conformance.driver;

import static io.tailrace.systemtests.conformance.driver.Clients.get;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.quota.ClientQuotaFilter;

/** What Tailrace does not have: the client must fail at once, with an error that its users understand. */
final class RefusalChecks {
    private final Clients clients;

    RefusalChecks(Clients clients) {
        this.clients = clients;
    }

    List<Check> all() {
        return List.of(
                refused("ACLs: describeAcls", "there are no ACLs", admin -> admin.describeAcls(AclBindingFilter.ANY)
                        .values()),
                refused(
                        "SCRAM: describeUserScramCredentials",
                        "there is no SASL",
                        admin -> admin.describeUserScramCredentials().all()),
                refused("quotas: describeClientQuotas", "there are no quotas", admin -> admin.describeClientQuotas(
                                ClientQuotaFilter.all())
                        .entities()),
                refused(
                        "admin: describeMetadataQuorum",
                        "the cluster's state is in ZooKeeper",
                        admin -> admin.describeMetadataQuorum().quorumInfo()),
                refused(
                        "delegation tokens: describeDelegationToken",
                        "there is no SASL",
                        admin -> admin.describeDelegationToken().delegationTokens()));
    }

    private Check refused(String operation, String reason, Function<Admin, Future<?>> call) {
        return Check.refused(operation, reason, () -> {
            try (Admin admin = clients.admin()) {
                assertThatThrownBy(() -> get(call.apply(admin)))
                        .hasRootCauseInstanceOf(UnsupportedVersionException.class);
            }
        });
    }
}
