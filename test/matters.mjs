// A sound application for each matter of packs/public-security: what a test changes and sends.
// Everybody in it is invented.

// The sequence number 000 is never given out, so this is nobody's identity number.
const person = {
  name: "样例一",
  identity: "330302199001010005",
  phone: "13800000000",
  email: "sample-one@example.invalid",
};
const organisation = {
  name: "样例刻章需求单位",
  uscc: "91330302MA00000079",
  contact: "样例三",
  phone: "13800000000",
};

const matters = {
  "residence-permit-issue": {
    applicant: person,
    place: "330302006",
    form: { kind: "first", ground: "dwelling", household: "浙江省杭州市", address: "样例街道1号101室", since: "2024-01-02", delivery: "station" },
  },
  "seal-engraving-filing": {
    applicant: organisation,
    place: "330302006",
    form: { uscc: "91330302MA00000079", unit_name: "样例刻章需求单位", representative: "样例二", handler: "样例三", kinds: ["official"], reason: "new", delivery: "shop" },
  },
  "resident-id-loss-replacement": {
    applicant: person,
    place: "330302006",
    form: { born: "1990-01-01", household: "浙江省温州市鹿城区", lost_on: "2025-12-30", lost_where: "公共汽车上", temporary: false, delivery: "station" },
  },
  "government-information-disclosure": {
    applicant: { kind: "person", ...person },
    place: "330302",
    form: { information: "样例公开信息的名称", format: "electronic", address: "sample-one@example.invalid" },
  },
  "police-conduct-complaint": {
    applicant: {},
    place: "330302",
    form: { about: "attitude", happened_on: "2025-12-30", happened_at: "样例派出所", facts: "样例情况说明，共十个字以上。" },
  },
};

export const matterIds = Object.keys(matters);

// A fresh copy each time. place: another place's code.
export function applyBody(matter, { place } = {}) {
  const body = structuredClone({ matter, ...matters[matter] });
  if (place) body.place = place;
  return body;
}
