// One line to the other browser: perfect negotiation, what is sent and how much of it, and an honest word about how it goes.
const WATCH_MS = 3_000;
const UNANSWERED = 2; // looks in a row, then an offer is said again: it may not have arrived
const GATHER_MS = 120; // candidates go together: the socket takes ten frames a second
const POOR = { lost: 0.08, rtt: 0.7 };
const MOST = {
  plain: { audio: { maxBitrate: 40_000 }, video: { maxBitrate: 1_200_000, maxFramerate: 30, scaleResolutionDownBy: 1 } },
  low: { audio: { maxBitrate: 20_000 }, video: { maxBitrate: 200_000, maxFramerate: 10, scaleResolutionDownBy: 2.5 } },
};

// Told: track(track), media({mic, video, low}), state("connecting" | "connected" | "reconnecting" | "failed"), quality({poor, rtt, lost})
export class Peer extends EventTarget {
  constructor({ ice, relay, polite, stream, media, say }) {
    super();
    Object.assign(this, { polite, stream, media, say });
    this.theirs = {};
    this.work = Promise.resolve();
    this.found = [];
    this.unanswered = 0;
    this.early = []; // candidates for an offer that is still on its way
    this.pc = new RTCPeerConnection({ iceServers: ice, iceTransportPolicy: relay ? "relay" : "all", bundlePolicy: "max-bundle" });
    // One of the two begins: Chromium now and then finds no way any more after it took its first offer back.
    this.pc.onnegotiationneeded = () => (polite && !this.pc.remoteDescription) || this.offer();
    this.pc.onicecandidate = ({ candidate }) => candidate && this.gather(candidate);
    this.pc.ontrack = ({ track }) => this.tell("track", track);
    this.pc.onsignalingstatechange = () => this.pc.signalingState === "stable" && this.limit();
    this.pc.onconnectionstatechange = () => this.follow();
    stream.getAudioTracks().forEach((track) => this.pc.addTrack(track, stream));
    if (media.track) this.show(media.track);
    this.network = () => this.restart();
    addEventListener("online", this.network);
    navigator.connection?.addEventListener("change", this.network);
    this.watching = setInterval(() => this.watch(), WATCH_MS);
  }

  on(what, act) {
    this.addEventListener(what, (event) => act(...event.detail));
    return this;
  }

  tell(what, ...detail) {
    if (!this.isClosed) this.dispatchEvent(new CustomEvent(what, { detail }));
  }

  close() {
    this.isClosed = true;
    clearInterval(this.watching);
    clearTimeout(this.gathering);
    removeEventListener("online", this.network);
    navigator.connection?.removeEventListener("change", this.network);
    this.pc.close();
  }

  async offer() {
    try {
      this.making = true;
      await this.pc.setLocalDescription();
      this.say({ sdp: this.pc.localDescription });
    } catch (error) {
      if (!this.isClosed) throw error;
    } finally {
      this.making = false;
    }
  }

  gather(candidate) {
    this.found.push(candidate);
    clearTimeout(this.gathering);
    this.gathering = setTimeout(() => this.say({ ice: this.found.splice(0) }), GATHER_MS);
  }

  // What the other side says, one after the other.
  hear(data) {
    this.work = this.work.then(() => this.take(data)).catch((error) => this.isClosed || console.warn("call", error));
  }

  async take({ sdp, ice = [], media }) {
    if (this.isClosed) return;
    if (media) {
      this.theirs = media;
      this.limit();
      this.tell("media", media);
    }
    if (sdp) await this.agree(sdp);
    this.early.push(...ice);
    if (!this.pc.remoteDescription) return;
    for (const candidate of this.early.splice(0)) {
      await this.pc.addIceCandidate(candidate).catch((error) => this.ignoring || console.warn("candidate", error)); // one of an offer taken back
    }
  }

  async agree(sdp) {
    const collision = sdp.type === "offer" && (this.making || this.pc.signalingState !== "stable");
    this.ignoring = !this.polite && collision;
    if (this.ignoring || (sdp.type === "answer" && this.pc.signalingState !== "have-local-offer")) return; // answered twice
    await this.pc.setRemoteDescription(sdp);
    if (sdp.type !== "offer") return;
    await this.pc.setLocalDescription();
    this.say({ sdp: this.pc.localDescription });
  }

  // The camera, the screen, or nothing.
  async show(track) {
    if (!this.video && track) this.video = this.pc.addTrack(track, this.stream);
    else if (this.video) {
      await this.video.replaceTrack(track);
      this.pc.getTransceivers().find((each) => each.sender === this.video).direction = track ? "sendrecv" : "recvonly";
    }
    this.limit();
  }

  // No more than the thinner line of the two carries.
  limit() {
    const most = MOST[this.media.low || this.theirs.low ? "low" : "plain"];
    for (const sender of this.pc.getSenders()) {
      const parameters = sender.track && sender.getParameters();
      if (!parameters?.encodings?.length) continue;
      Object.assign(parameters.encodings[0], most[sender.track.kind]);
      sender.setParameters(parameters).catch(() => {}); // changed meanwhile: the next turn does it
    }
  }

  sayMedia() {
    const { mic, video, low } = this.media;
    this.say({ media: { mic, video, low } });
  }

  follow() {
    const state = this.pc.connectionState;
    if (state === "connected") this.sayMedia();
    if (state === "failed") this.restart();
    this.tell("state", { new: "connecting", disconnected: "reconnecting", failed: "reconnecting" }[state] ?? state);
  }

  // Another network, or the way is lost: look for a new one.
  restart() {
    if (this.isClosed || this.pc.connectionState === "new") return;
    this.pc.restartIce();
  }

  async watch() {
    this.unanswered = this.pc.signalingState === "have-local-offer" ? this.unanswered + 1 : 0;
    if (this.unanswered && this.unanswered % UNANSWERED === 0) this.say({ sdp: this.pc.localDescription });
    if (this.pc.connectionState !== "connected") return;
    const now = { lost: 0, got: 0, rtt: 0 };
    for (const each of (await this.pc.getStats()).values()) {
      if (each.type === "inbound-rtp") {
        now.lost += each.packetsLost ?? 0;
        now.got += each.packetsReceived ?? 0;
      } else if (each.type === "candidate-pair" && each.nominated && each.state === "succeeded") now.rtt = each.currentRoundTripTime ?? 0;
    }
    const before = this.before ?? now;
    this.before = now;
    const [lost, got] = [now.lost - before.lost, now.got - before.got];
    const share = lost > 0 ? lost / (lost + got) : 0;
    const bad = share > POOR.lost || now.rtt > POOR.rtt;
    this.tell("quality", { poor: bad && this.wasBad, lost: share, rtt: now.rtt });
    this.wasBad = bad;
  }
}
