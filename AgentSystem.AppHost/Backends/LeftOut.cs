namespace AgentSystem.AppHost.Backends;

/// <summary>
/// The model is written as if everything were there. Before it starts, this takes out what speaks of a resource that is not: nobody waits for
/// it, and a variable that would hold its address is not set.
/// </summary>
internal static class LeftOut
{
    public static void ForgetWhatIsLeftOut(this IDistributedApplicationBuilder builder) => builder.OnBeforeStart((start, _) =>
    {
        var there = start.Model.Resources.ToHashSet();
        foreach (var resource in there)
        {
            foreach (var wait in resource.Annotations.OfType<WaitAnnotation>().Where(wait => !there.Contains(wait.Resource)).ToArray())
                resource.Annotations.Remove(wait);
            if (resource is IResourceWithEnvironment)
                resource.Annotations.Add(new EnvironmentCallbackAnnotation(context => Forget(context.EnvironmentVariables, there)));
        }

        return Task.CompletedTask;
    });

    private static void Forget(Dictionary<string, object> variables, HashSet<IResource> there)
    {
        foreach (var (name, value) in variables.ToArray())
        {
            if (Owners(value).Any(owner => !there.Contains(owner)))
                variables.Remove(name);
        }
    }

    /// <summary>The resources whose addresses are part of a value.</summary>
    private static IEnumerable<IResource> Owners(object value) => value switch
    {
        EndpointReference endpoint => [endpoint.Resource],
        EndpointReferenceExpression part => [part.Endpoint.Resource],
        ReferenceExpression text => text.ValueProviders.SelectMany(Owners),
        _ => [],
    };
}
