using AgentSystem.Orchestrator;
using AgentSystem.Orchestrator.Api;
using AgentSystem.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddOrchestrator();

var app = builder.Build();
app.MapDefaultEndpoints();
app.MapApi();
return await app.RunServiceAsync();
