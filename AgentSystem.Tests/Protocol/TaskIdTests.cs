using AgentSystem.Protocol;
using CsCheck;

namespace AgentSystem.Tests.Protocol;

public sealed class TaskIdTests
{
    [Fact]
    public void New_ids_are_valid_unique_and_sort_by_age()
    {
        var start = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_000);
        var ids = Enumerable.Range(0, 1000).Select(i => TaskId.New(start.AddMilliseconds(i))).ToList();

        Assert.All(ids, id => Assert.True(TaskId.IsValid(id), id));
        Assert.Equal(ids.Order(StringComparer.Ordinal), ids);
        Assert.Equal(ids.Count, ids.Distinct().Count());
    }

    [Theory]
    [InlineData("")]
    [InlineData("../etc/passwd")]
    [InlineData("a/b")]
    [InlineData(".hidden")]
    [InlineData("-flag")]
    [InlineData("ünicode")]
    public void Names_that_could_leave_or_hide_in_their_folder_are_refused(string id) => Assert.False(TaskId.IsValid(id));

    [Fact]
    public void A_valid_id_is_always_its_own_file_name() => Gen.String.Sample(id =>
    {
        if (TaskId.IsValid(id))
            Assert.Equal(id, Path.GetFileName(id));
    });
}
