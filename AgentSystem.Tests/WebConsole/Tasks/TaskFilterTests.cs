using AgentSystem.Protocol.Api;
using AgentSystem.WebConsole.Tasks;

namespace AgentSystem.Tests.WebConsole.Tasks;

public sealed class TaskFilterTests
{
    [Fact]
    public void A_filter_reads_what_its_address_says()
    {
        var filter = TaskFilter.Parse("dead,active,nonsense", "marie", "", "c/1=");

        Assert.Equal([TaskState.Active, TaskState.Dead], filter.States);
        Assert.Equal("/tasks?state=active%2Cdead&worker=marie&cursor=c%2F1%3D", filter.ToHref());
        Assert.Equal("state=active%2Cdead&worker=marie&cursor=c%2F1%3D&limit=50", filter.ToQuery());
    }

    [Fact]
    public void Nothing_left_out_is_the_plain_address()
    {
        Assert.Equal("/tasks", TaskFilter.Parse(null, null, null, null).ToHref());
        Assert.False(TaskFilter.All.IsNarrow);
    }

    [Fact]
    public void A_state_is_chosen_and_let_go_and_the_list_begins_anew()
    {
        var filter = (TaskFilter.All with { Cursor = "x" }).Toggle(TaskState.Dead);

        Assert.Equal([TaskState.Dead], filter.States);
        Assert.Null(filter.Cursor);
        Assert.Empty(filter.Toggle(TaskState.Dead).States);
    }
}
